//! What a person can do on a page: its forms, buttons and links, read as simply as our own pages are written.

/// A form with everything that would be sent.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Form {
    /// `get` or `post`.
    pub method: String,
    /// Where it goes, as written.
    pub action: String,
    /// The hidden inputs, in order.
    pub hidden: Vec<(String, String)>,
    /// The buttons, in order.
    pub buttons: Vec<Button>,
}

/// A button of a form.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Button {
    /// What is written on it.
    pub label: String,
    /// What pressing it adds to the form.
    pub field: Option<(String, String)>,
}

/// A link.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Link {
    /// What is written on it.
    pub label: String,
    /// Where it leads, as written.
    pub address: String,
}

/// The forms of a page.
pub fn forms(html: &str) -> Vec<Form> {
    elements(html, "form").iter().map(form).collect()
}

/// The links of a page.
pub fn links(html: &str) -> Vec<Link> {
    let link = |element: &Element| Link { label: text(element.content), address: element.attribute("href") };
    elements(html, "a").iter().map(link).collect()
}

/// The value beside a name in the lists of our pages: `<dt>name</dt><dd>value</dd>`.
pub fn detail(html: &str, name: &str) -> Option<String> {
    elements(html, "dl").iter().find_map(|list| {
        let names = elements(list.content, "dt");
        let values = elements(list.content, "dd");
        names.iter().zip(values).find(|(found, _)| text(found.content) == name).map(|(_, value)| text(value.content))
    })
}

/// What a reader sees of a piece of HTML.
pub fn text(html: &str) -> String {
    let mut seen = String::new();
    let mut rest = html;
    while let Some((before, tag)) = rest.split_once('<') {
        seen.push_str(before);
        rest = tag.split_once('>').map_or("", |(_, after)| after);
    }
    seen.push_str(rest);
    unescaped(seen.trim())
}

fn form(element: &Element) -> Form {
    let field = |element: &Element| (element.attribute("name"), element.attribute("value"));
    let is_hidden = |element: &&Element| element.attribute("type") == "hidden";
    let button = |element: &Element| {
        let (name, value) = field(element);
        Button { label: text(element.content), field: (!name.is_empty()).then_some((name, value)) }
    };
    Form {
        method: element.attribute("method").to_ascii_lowercase(),
        action: element.attribute("action"),
        hidden: elements(element.content, "input").iter().filter(is_hidden).map(field).collect(),
        buttons: elements(element.content, "button").iter().map(button).collect(),
    }
}

struct Element<'h> {
    attributes: &'h str,
    content: &'h str,
}

impl Element<'_> {
    fn attribute(&self, name: &str) -> String {
        let marker = format!(" {name}=\"");
        let value = self.attributes.split_once(&marker).and_then(|(_, rest)| rest.split_once('"'));
        value.map(|(value, _)| unescaped(value)).unwrap_or_default()
    }
}

/// All elements of a name. None of ours is inside another of the same name.
fn elements<'h>(html: &'h str, name: &str) -> Vec<Element<'h>> {
    let (opening, closing) = (format!("<{name}"), format!("</{name}>"));
    let mut found = Vec::new();
    let mut rest = html;
    while let Some((_, after)) = rest.split_once(&opening) {
        rest = after;
        let Some((attributes, content)) = after.split_once('>') else { break };
        if attributes.is_empty() || attributes.starts_with(' ') {
            let content = content.split_once(&closing).map_or("", |(content, _)| content);
            found.push(Element { attributes, content });
        }
    }
    found
}

fn unescaped(text: &str) -> String {
    text.replace("&lt;", "<").replace("&gt;", ">").replace("&quot;", "\"").replace("&#39;", "'").replace("&amp;", "&")
}

#[cfg(test)]
mod tests {
    use super::*;

    const PAGE: &str = "<main><form method=\"post\" action=\"/a?b&amp;c\"><input type=\"hidden\" name=\"n\" value=\"&lt;v&gt;\">\
        <button class=\"x\" name=\"account\" value=\"a@b\"><strong>Adele</strong><span>a@b</span></button>\
        <button>Go</button></form><dl>\n<dt>Reference</dt><dd>r1</dd>\n<dt>Reason</dt><dd>a-b</dd></dl>\
        <a class=\"y\" href=\"/login\">Sign in</a><address>no link</address></main>";

    #[test]
    fn a_form_is_read_with_its_hidden_fields_and_buttons() {
        let [form] = forms(PAGE).try_into().unwrap();
        assert_eq!((form.method.as_str(), form.action.as_str()), ("post", "/a?b&c"));
        assert_eq!(form.hidden, [("n".to_owned(), "<v>".to_owned())]);
        assert_eq!(form.buttons[0].label, "Adelea@b");
        assert_eq!(form.buttons[0].field, Some(("account".to_owned(), "a@b".to_owned())));
        assert_eq!(form.buttons[1], Button { label: "Go".to_owned(), field: None });
    }

    #[test]
    fn links_and_details_are_found_by_what_is_written_there() {
        assert_eq!(links(PAGE), [Link { label: "Sign in".to_owned(), address: "/login".to_owned() }]);
        assert_eq!(detail(PAGE, "Reason").as_deref(), Some("a-b"));
        assert_eq!(detail(PAGE, "Other"), None);
    }
}
