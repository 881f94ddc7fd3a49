//! What a page of the library says, for whoever writes its HTML.

use poem::http::{Method, StatusCode};

use crate::model::refusals::diagnosis::Diagnosis;
use crate::model::refusals::page_kind::PageKind;

/// What a page says. An application may put it into its own words and looks with
/// [`AzureAuthBuilder::pages`](crate::AzureAuthBuilder::pages); the security headers stay the library's.
///
/// Every text is plain: whoever writes HTML from it escapes it. Whose session it is, a page does not say: most pages are
/// for people whom nobody knows, and the others have no place for names.
///
/// ```
/// use azure_auth::{AzureAuth, Page};
///
/// fn write(page: &Page) -> String {
///     let escape = |text: &str| text.replace('&', "&amp;").replace('<', "&lt;").replace('"', "&quot;");
///     let sentences: String = page.sentences().iter().map(|sentence| format!("<p>{}</p>", escape(sentence))).collect();
///     let actions: String = page
///         .actions()
///         .iter()
///         .map(|action| {
///             let (label, address) = (escape(action.label()), escape(action.address()));
///             match action.method().as_str() {
///                 "POST" => format!("<form method=\"post\" action=\"{address}\"><button>{label}</button></form>"),
///                 _ => format!("<a href=\"{address}\">{label}</a>"),
///             }
///         })
///         .collect();
///     format!(
///         "<!doctype html><html lang=\"en\"><meta charset=\"utf-8\"><title>{title}</title>\
///          <style nonce=\"{nonce}\">main {{ max-width: 30rem; margin: auto }}</style>\
///          <main><h1>{title}</h1>{sentences}{actions}{library}</main>",
///         title = escape(page.title()),
///         nonce = page.style_nonce(),
///         library = page.library_html(),
///     )
/// }
///
/// let builder = AzureAuth::builder().pages(write);
/// ```
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Page {
    pub(crate) kind: PageKind,
    pub(crate) status: StatusCode,
    pub(crate) title: &'static str,
    pub(crate) sentences: Vec<String>,
    /// Only where answers may hold what developers need to know.
    pub(crate) diagnosis: Option<Diagnosis>,
    pub(crate) details: Vec<(&'static str, String)>,
    pub(crate) actions: Vec<PageAction>,
    pub(crate) asked: Asked,
    pub(crate) library_html: String,
    pub(crate) style_nonce: String,
}

/// Something the visitor can do on a page.
///
/// Escape both texts: an address may hold `&`.
///
/// ```
/// fn link(action: &azure_auth::PageAction) -> String {
///     let escape = |text: &str| text.replace('&', "&amp;").replace('<', "&lt;").replace('"', "&quot;");
///     format!("<a href=\"{}\">{}</a>", escape(action.address()), escape(action.label()))
/// }
/// ```
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct PageAction {
    pub(crate) label: &'static str,
    pub(crate) method: Method,
    pub(crate) address: String,
}

/// What a page may say of the request that it answers.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub(crate) struct Asked {
    pub(crate) language: Option<String>,
    /// Without the query, which may hold anything.
    pub(crate) path: String,
}

impl Page {
    /// With one sentence, and nothing else yet.
    pub(crate) fn new(kind: PageKind, status: StatusCode, title: &'static str, sentence: impl Into<String>) -> Self {
        Self {
            kind,
            status,
            title,
            sentences: vec![sentence.into()],
            diagnosis: None,
            details: Vec::new(),
            actions: Vec::new(),
            asked: Asked::default(),
            library_html: String::new(),
            style_nonce: String::new(),
        }
    }

    /// What the page is about.
    ///
    /// ```
    /// # fn example(page: &azure_auth::Page) -> bool {
    /// let is_goodbye = page.kind() == azure_auth::PageKind::SignedOut;
    /// # is_goodbye
    /// # }
    /// ```
    pub fn kind(&self) -> PageKind {
        self.kind
    }

    /// The status of the answer.
    ///
    /// ```
    /// # fn example(page: &azure_auth::Page) -> bool {
    /// page.status().is_server_error()
    /// # }
    /// ```
    pub fn status(&self) -> StatusCode {
        self.status
    }

    /// The heading, a few English words.
    ///
    /// ```
    /// # fn example(page: &azure_auth::Page) -> String {
    /// format!("<h1>{}</h1>", page.title())
    /// # }
    /// ```
    pub fn title(&self) -> &str {
        self.title
    }

    /// Plain English sentences for the visitor.
    ///
    /// ```
    /// # fn example(page: &azure_auth::Page) -> String {
    /// page.sentences().iter().map(|sentence| format!("<p>{}</p>", sentence.replace('&', "&amp;").replace('<', "&lt;"))).collect()
    /// # }
    /// ```
    pub fn sentences(&self) -> &[String] {
        &self.sentences
    }

    /// What went wrong, for developers: only on their own machine, or where `AZURE_EXPLAIN` says so.
    ///
    /// ```
    /// # fn example(page: &azure_auth::Page) -> Option<String> {
    /// let escape = |text: &str| text.replace('&', "&amp;").replace('<', "&lt;");
    /// page.diagnosis().map(|diagnosis| format!("<pre>{}</pre>", escape(&diagnosis.to_string())))
    /// # }
    /// ```
    pub fn diagnosis(&self) -> Option<&Diagnosis> {
        self.diagnosis.as_ref()
    }

    /// Names and values to pass on to whoever can help: a reference number, a code, a correlation id.
    ///
    /// ```
    /// # fn example(page: &azure_auth::Page) -> String {
    /// let escape = |text: &str| text.replace('&', "&amp;").replace('<', "&lt;");
    /// page.details().map(|(name, value)| format!("<dt>{}<dd>{}", escape(name), escape(value))).collect()
    /// # }
    /// ```
    pub fn details(&self) -> impl Iterator<Item = (&str, &str)> {
        self.details.iter().map(|(name, value)| (*name, value.as_str()))
    }

    /// Links and buttons.
    ///
    /// ```
    /// # fn example(page: &azure_auth::Page) -> Vec<&str> {
    /// let labels = page.actions().iter().map(azure_auth::PageAction::label).collect();
    /// # labels
    /// # }
    /// ```
    pub fn actions(&self) -> &[PageAction] {
        &self.actions
    }

    /// The language that the visitor's browser likes best, as a plain tag such as `de-CH`: letters, digits and hyphens.
    /// `None` where it does not say.
    ///
    /// ```
    /// # fn example(page: &azure_auth::Page) -> bool {
    /// let speaks_german = page.language().is_some_and(|language| language.starts_with("de"));
    /// # speaks_german
    /// # }
    /// ```
    pub fn language(&self) -> Option<&str> {
        self.asked.language.as_deref()
    }

    /// The path that was asked for, without its query, as the browser sent it.
    ///
    /// ```
    /// # fn example(page: &azure_auth::Page) -> bool {
    /// let is_of_the_shop = page.path().starts_with("/shop/");
    /// # is_of_the_shop
    /// # }
    /// ```
    pub fn path(&self) -> &str {
        &self.asked.path
    }

    /// HTML that a script of the library works on, such as the button with which people sign in from a frame. It is ready
    /// to be in the body, and empty on most pages. An application that leaves it out finds it at the end of its page.
    ///
    /// ```
    /// # fn example(page: &azure_auth::Page) -> String {
    /// // It is HTML already: do not escape it.
    /// format!("<main>{}</main>", page.library_html())
    /// # }
    /// ```
    pub fn library_html(&self) -> &str {
        &self.library_html
    }

    /// For `<style nonce="…">`: the page's Content-Security-Policy lets only such styles be, beside stylesheets, pictures
    /// and fonts of the application's own origin. New for each page.
    ///
    /// ```
    /// # fn example(page: &azure_auth::Page) -> String {
    /// format!("<style nonce=\"{}\">body {{ color: navy }}</style>", page.style_nonce())
    /// # }
    /// ```
    pub fn style_nonce(&self) -> &str {
        &self.style_nonce
    }
}

impl PageAction {
    /// The words on it.
    ///
    /// ```
    /// # fn example(action: &azure_auth::PageAction) -> String {
    /// format!("<button>{}</button>", action.label().replace('&', "&amp;").replace('<', "&lt;"))
    /// # }
    /// ```
    pub fn label(&self) -> &str {
        self.label
    }

    /// `GET` for a link, `POST` for a form with one button.
    ///
    /// ```
    /// # fn example(action: &azure_auth::PageAction) -> bool {
    /// let is_a_form = action.method() == poem::http::Method::POST;
    /// # is_a_form
    /// # }
    /// ```
    pub fn method(&self) -> &Method {
        &self.method
    }

    /// Where it leads: a path of this application.
    ///
    /// ```
    /// # fn example(action: &azure_auth::PageAction) -> String {
    /// action.address().replace('&', "&amp;").replace('"', "&quot;")
    /// # }
    /// ```
    pub fn address(&self) -> &str {
        &self.address
    }
}
