//! The library's own look.

use std::fmt::Write;

use poem::http::Method;

use super::page::{Page, PageAction};

pub(crate) const STYLE: &str = "\
:root{color-scheme:light dark;--paper:#f4f5f7;--card:#fff;--line:#d5d9e0;--text:#1b1f24;--quiet:#4a5361;\
--accent:#0b5cad;--on-accent:#fff}\
@media(prefers-color-scheme:dark){:root{--paper:#14171b;--card:#1e2329;--line:#3a414b;--text:#e8eaed;--quiet:#aab3bf;\
--accent:#8ec1ff;--on-accent:#10233a}}\
body{font:1.0625rem/1.5 system-ui,sans-serif;margin:0;padding:0 1rem;background:var(--paper);color:var(--text)}\
main{max-width:29rem;margin:12vh auto;padding:2rem clamp(1.25rem,6vw,2.25rem);background:var(--card);\
border:1px solid var(--line);border-radius:.75rem}\
h1{font-size:1.5rem;line-height:1.25;margin:0 0 .75rem}p{margin:.75rem 0;overflow-wrap:anywhere}\
dl{display:grid;grid-template-columns:max-content 1fr;gap:.25rem 1rem;margin:1.25rem 0;font-size:.9375rem}\
dt{color:var(--quiet)}dd{margin:0;overflow-wrap:anywhere}.details dd{font-family:ui-monospace,monospace}\
h2{font-size:1.0625rem;margin:1.5rem 0 0}.diagnosis{margin-top:.5rem}\
.actions{display:flex;flex-wrap:wrap;gap:.75rem;margin-top:1.5rem}form{margin:0}\
.action{display:inline-block;font:inherit;padding:.5rem 1.125rem;border:1px solid var(--accent);border-radius:.5rem;\
background:var(--accent);color:var(--on-accent);text-decoration:none;cursor:pointer}\
.actions>*+*,.actions>*+*>.action{background:none;color:var(--accent)}\
.action:hover{text-decoration:underline}.action:focus-visible{outline:3px solid var(--accent);outline-offset:3px}";

/// The whole page.
pub(crate) fn render(page: &Page) -> String {
    let title = escape(page.title);
    let mut html = format!(
        "<!doctype html>\n<html lang=\"en\">\n<head>\n<meta charset=\"utf-8\">\n\
         <meta name=\"viewport\" content=\"width=device-width, initial-scale=1\">\n<title>{title}</title>\n\
         <style>{STYLE}</style>\n</head>\n<body>\n<main>\n<h1>{title}</h1>\n"
    );
    // Writing to a text cannot fail.
    for sentence in &page.sentences {
        let _ = writeln!(html, "<p>{}</p>", escape(sentence));
    }
    list(&mut html, "details", page.details());
    if let Some(diagnosis) = &page.diagnosis {
        html.push_str("<h2>For developers</h2>\n");
        let answers = [
            ("Cause", diagnosis.cause()),
            ("Found", diagnosis.found()),
            ("Expected", diagnosis.expected()),
            ("Remedy", diagnosis.remedy()),
        ];
        list(&mut html, "diagnosis", answers.into_iter());
    }
    if !page.actions.is_empty() {
        html.push_str("<div class=\"actions\">\n");
        for PageAction { label, method, address } in &page.actions {
            let (label, address) = (escape(label), escape(address));
            let _ = if method == Method::POST {
                writeln!(
                    html,
                    "<form method=\"post\" action=\"{address}\"><button class=\"action\">{label}</button></form>"
                )
            } else {
                writeln!(html, "<a class=\"action\" href=\"{address}\">{label}</a>")
            };
        }
        html.push_str("</div>\n");
    }
    html.push_str(&page.library_html);
    html.push_str("</main>\n</body>\n</html>\n");
    html
}

fn list<'a>(html: &mut String, class: &str, entries: impl Iterator<Item = (&'a str, &'a str)>) {
    let mut entries = entries.peekable();
    if entries.peek().is_none() {
        return;
    }
    let _ = writeln!(html, "<dl class=\"{class}\">");
    for (name, value) in entries {
        let _ = writeln!(html, "<dt>{}</dt><dd>{}</dd>", escape(name), escape(value));
    }
    html.push_str("</dl>\n");
}

fn escape(text: &str) -> String {
    let mut escaped = String::with_capacity(text.len());
    for character in text.chars() {
        match character {
            '&' => escaped.push_str("&amp;"),
            '<' => escaped.push_str("&lt;"),
            '>' => escaped.push_str("&gt;"),
            '"' => escaped.push_str("&quot;"),
            '\'' => escaped.push_str("&#39;"),
            other => escaped.push(other),
        }
    }
    escaped
}

#[cfg(test)]
mod tests {
    use poem::http::StatusCode;

    use super::*;
    use crate::model::refusals::diagnosis::Diagnosis;
    use crate::model::refusals::page_kind::PageKind;

    #[test]
    fn nothing_on_a_page_is_unescaped_and_nothing_runs() {
        let link = |label, method, address: &str| PageAction { label, method, address: address.to_owned() };
        let page = Page {
            diagnosis: Some(Diagnosis {
                cause: "<i>".into(),
                found: "</p>".into(),
                expected: "&".into(),
                remedy: "\"".into(),
            }),
            details: vec![("Reference", "<b>".to_owned())],
            actions: vec![
                link("Go", Method::GET, "/login?return_to=\"><script>"),
                link("Send", Method::POST, "/logout"),
            ],
            ..Page::new(PageKind::Failed, StatusCode::BAD_REQUEST, "Title", "<script>alert('1')</script> & \"more\"")
        };
        let html = render(&page);
        assert!(!html.contains("<script") && !html.contains("<b>") && !html.contains("\"&gt;&lt;script"), "{html}");
        assert!(html.contains("&lt;script&gt;alert(&#39;1&#39;)&lt;/script&gt; &amp; &quot;more&quot;"), "{html}");
        for entry in ["Cause</dt><dd>&lt;i&gt;<", "Found</dt><dd>&lt;/p&gt;<", "Expected</dt><dd>&amp;<", "<dd>&quot;<"]
        {
            assert!(html.contains(entry), "{html}");
        }
        assert!(html.contains("<form method=\"post\" action=\"/logout\">"), "{html}");
    }
}
