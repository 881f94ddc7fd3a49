//! What people see.

use azure_auth::graph::{MailRead, UserRead};
use azure_auth::{Login, Token, User};
use poem::web::{Data, Html};
use poem::{Result, handler};

use crate::graph::Graph;

#[azure_auth::public(reason = "the start page")]
#[handler]
pub(crate) fn home(user: Option<User>, login: Login) -> Html<String> {
    let links = match user {
        Some(_) => "<p><a href=\"/me\">Your page</a></p>".to_owned(),
        None => {
            format!("<p><a href=\"{}\">Sign in with Microsoft</a></p>", escape(&login.return_to("/me").to_string()))
        }
    };
    let more = "<p><a href=\"/profile\">Your profile</a>, from Microsoft Graph</p>\
        <p><a href=\"/mail\">Your mail</a>, which needs your agreement once more</p>\
        <p><a href=\"/blobs\">Your blobs</a>, from Azure Storage</p>";
    page("Home", &format!("{links}{more}"))
}

#[azure_auth::protect(via = session)]
#[handler]
pub(crate) fn me(user: User) -> Html<String> {
    let body = "<p><a href=\"/profile\">Your profile</a></p><p><a href=\"/mail\">Your mail</a></p>\
        <form method=\"post\" action=\"/logout\"><button>Sign out</button></form>\
        <script src=\"/session/watch.js\"></script>";
    page(&format!("Welcome, {}!", user.display_name()), body)
}

#[azure_auth::protect(via = session)]
#[handler]
pub(crate) async fn profile(token: Token<UserRead>, graph: Data<&Graph>) -> Result<Html<String>> {
    let profile = graph.me(&token).await?;
    let name = escape(&profile.display_name);
    Ok(page("Your profile", &format!("<p>Microsoft Graph calls you {name}.</p><a href=\"/me\">Back</a>")))
}

#[azure_auth::protect(via = session)]
#[handler]
pub(crate) async fn mail(token: Token<MailRead>, graph: Data<&Graph>) -> Result<Html<String>> {
    let messages = graph.messages(&token).await?;
    let subjects = messages.iter().map(|message| message.subject.as_deref().unwrap_or("(no subject)"));
    Ok(list("Your mail", subjects))
}

#[cfg(not(feature = "azure-sdk"))]
#[azure_auth::public(reason = "it only says what is missing")]
#[handler]
pub(crate) fn your_blobs() -> Html<String> {
    page("Your blobs", "<p>This program was built without its feature <code>azure-sdk</code>.</p>")
}

pub(crate) fn list<'t>(title: &str, texts: impl Iterator<Item = &'t str>) -> Html<String> {
    let items: Vec<String> = texts.map(|text| format!("<li>{}</li>", escape(text))).collect();
    page(title, &format!("<ul>{}</ul><a href=\"/me\">Back</a>", items.concat()))
}

fn escape(text: &str) -> String {
    text.replace('&', "&amp;").replace('<', "&lt;").replace('"', "&quot;")
}

fn page(title: &str, body: &str) -> Html<String> {
    let head = "<!doctype html><html lang=\"en\"><meta charset=\"utf-8\"><title>Graph</title>\
        <meta name=\"viewport\" content=\"width=device-width\"><meta name=\"color-scheme\" content=\"light dark\">\
        <style>body{font:1.1rem system-ui;max-width:32rem;margin:15vh auto;padding:0 1rem}button{font:inherit}</style>";
    Html(format!("{head}<main><h1>{}</h1>{body}</main>", escape(title)))
}
