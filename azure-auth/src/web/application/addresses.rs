//! The addresses of an application as browsers know them: below the path of its public URL.

use std::borrow::Cow;

use url::form_urlencoded;

use crate::model::sessions::prompt::Prompt;
use crate::model::settings::configuration::AuthPaths;
use crate::model::settings::origin::Origin;
use crate::model::settings::public_url::PublicUrl;
use crate::rules::configuration::mounting;
use crate::rules::request::return_to::{return_to, return_to_below, trusted_page};

/// For links, forms and redirects.
#[derive(Clone, Copy)]
pub(crate) struct Addresses<'a> {
    pub(crate) paths: &'a AuthPaths,
    /// `None`: the host of the request, without a path in front.
    pub(crate) url: Option<&'a PublicUrl>,
    pub(crate) trusted: &'a [Origin],
}

impl<'a> Addresses<'a> {
    /// In front of every path of the application: mostly nothing.
    pub(crate) fn prefix(self) -> &'a str {
        self.url.map_or("", PublicUrl::prefix)
    }

    /// One of the paths of the configuration.
    pub(crate) fn path(self, own: &str) -> String {
        format!("{}{own}", self.prefix())
    }

    /// The start page.
    pub(crate) fn root(self) -> &'a str {
        self.url.map_or("/", PublicUrl::root)
    }

    /// `wanted` where browsers may be sent there: a path of this application, or a page of a trusted origin by its whole
    /// address.
    pub(crate) fn page(self, wanted: &str) -> Option<Cow<'_, str>> {
        let own = self.url.map_or_else(|| return_to(wanted), |url| return_to_below(url, wanted));
        if own == wanted {
            return Some(Cow::Borrowed(wanted));
        }
        trusted_page(wanted, self.trusted).map(Cow::Owned)
    }

    /// The same, or the start page.
    pub(crate) fn return_to(self, wanted: &'a str) -> Cow<'a, str> {
        self.page(wanted).unwrap_or(Cow::Borrowed(self.root()))
    }

    /// Path and query of a request as they came in, as the browser knows them.
    pub(crate) fn of(self, path_and_query: &'a str) -> Cow<'a, str> {
        mounting::public_address(self.prefix(), path_and_query)
    }

    /// Where a sign-in begins that comes back to `return_to`.
    pub(crate) fn login(self, return_to: &str) -> String {
        self.login_asking(return_to, &[])
    }

    /// The same, where the person chooses the account anew.
    pub(crate) fn login_with_other_account(self, return_to: &str) -> String {
        self.login_asking(return_to, &[("prompt", Prompt::SelectAccount.as_str())])
    }

    /// The same with what `/login` takes beside the way back.
    pub(crate) fn login_asking(self, return_to: &str, wishes: &[(&str, &str)]) -> String {
        let is_start = return_to == "/" || return_to == self.root();
        let way_back = (!is_start).then_some(("return_to", return_to));
        let query: Vec<(&str, &str)> = way_back.into_iter().chain(wishes.iter().copied()).collect();
        let login = self.path(&self.paths.login);
        if query.is_empty() {
            return login;
        }
        let query = form_urlencoded::Serializer::new(String::new()).extend_pairs(query).finish();
        format!("{login}?{query}")
    }

    /// Where a sign-out is posted to.
    pub(crate) fn logout(self, return_to: Option<&str>, is_everywhere: bool) -> String {
        let everywhere = is_everywhere.then(|| "everywhere".to_owned());
        let return_to = return_to
            .map(|path| form_urlencoded::Serializer::new(String::new()).append_pair("return_to", path).finish());
        let query: Vec<String> = everywhere.into_iter().chain(return_to).collect();
        let logout = self.path(&self.paths.logout);
        if query.is_empty() { logout } else { format!("{logout}?{}", query.join("&")) }
    }
}
