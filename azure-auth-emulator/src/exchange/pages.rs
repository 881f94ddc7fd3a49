//! Pages a person can use. Each says that this is not Microsoft.

use std::fmt::Write;

use poem::Response;
use poem::http::StatusCode;

use super::call::Call;
use crate::directory::application::Application;
use crate::directory::authority::Authority;
use crate::directory::user::User;
use crate::faults::entra_error::EntraError;
use crate::memory::front_channel::FrontChannelRequest;
use crate::memory::state::State;

/// "Pick an account".
pub(crate) fn accounts(state: &State, authority: &Authority, application: &Application, call: &Call) -> Response {
    let hint = call.parameter("login_hint");
    let here = |user: &&User| authority.tenant_of(user).is_some();
    let mut people: Vec<&User> = state.directory.users().filter(here).collect();
    // An unknown domain would hide everybody.
    if people.iter().any(|user| call.is_for_domain_of(user)) {
        people.retain(|user| call.is_for_domain_of(user));
    }
    people.sort_by_key(|user| !hint.is_some_and(|hint| user.is_hinted_at_by(hint)));
    let mut body = format!("<p>to continue to {}</p>{}", escape(&application.name), form(call));
    for user in people {
        let (name, user_name) = (escape(&user.name), escape(&user.user_name));
        let _ = write!(
            body,
            "<button class=\"account\" name=\"account\" value=\"{user_name}\"><strong>{name}</strong>\
             <span class=\"quiet\">{user_name}</span></button>"
        );
    }
    body += "<button class=\"plain\" name=\"cancel\" value=\"1\">Cancel</button></form>";
    page(StatusCode::OK, "Pick an account", &body)
}

/// "Permissions requested".
pub(crate) fn consent(application: &Application, user: &User, permissions: &[String], call: &Call) -> Response {
    let mut body = format!("<p>{} asks {} for:</p>", escape(&application.name), escape(&user.name));
    body += &list(permissions);
    let _ = write!(
        body,
        "{}{}<button class=\"account\" name=\"consent\" value=\"1\"><strong>Accept</strong></button>\
         <button class=\"plain\" name=\"cancel\" value=\"1\">Cancel</button></form>",
        form(call),
        hidden("account", &user.user_name)
    );
    page(StatusCode::OK, "Permissions requested", &body)
}

/// "Need admin approval": there is no button with which this person could agree.
pub(crate) fn needs_administrator(
    application: &Application,
    user: &User,
    permissions: &[String],
    call: &Call,
) -> Response {
    let mut body = format!(
        "<p><code>AADSTS90094</code>: {} asks {} for what only an administrator can grant:</p>",
        escape(&application.name),
        escape(&user.name)
    );
    body += &list(permissions);
    let _ = write!(
        body,
        "{}<button class=\"plain\" name=\"cancel\" value=\"{ADMINISTRATOR}\">Return to the application without granting \
         consent</button></form>",
        form(call)
    );
    page(StatusCode::OK, "Need admin approval", &body)
}

/// The value of the button of that page.
pub(crate) const ADMINISTRATOR: &str = "administrator";

fn list(words: &[String]) -> String {
    let mut list = "<ul>".to_owned();
    for word in words {
        let _ = write!(list, "<li>{}</li>", escape(word));
    }
    list + "</ul>"
}

/// "Permissions requested" of an administrator, for everyone in a tenant.
pub(crate) fn admin_consent(application: &Application, tenant: &str, call: &Call) -> Response {
    let body = format!(
        "<p>{} asks to act for everyone in <code>{}</code>.</p>{}\
         <button class=\"account\" name=\"consent\" value=\"1\"><strong>Accept</strong></button>\
         <button class=\"plain\" name=\"cancel\" value=\"1\">Cancel</button></form>",
        escape(&application.name),
        escape(tenant),
        form(call)
    );
    page(StatusCode::OK, "Permissions requested", &body)
}

/// "Which account do you want to sign out of?"
pub(crate) fn choose_sign_out(user: &User, call: &Call) -> Response {
    let body = format!(
        "{}<button class=\"account\" name=\"confirmed\" value=\"1\"><strong>{}</strong><span class=\"quiet\">{}</span></button></form>",
        form(call),
        escape(&user.name),
        escape(&user.user_name)
    );
    page(StatusCode::OK, "Which account do you want to sign out of?", &body)
}

/// Tells the applications of the session by hidden frames, then goes on; without script a person does.
pub(crate) fn signed_out(requests: &[FrontChannelRequest], destination: Option<&str>) -> Response {
    let mut body = match destination {
        Some(address) => format!("<p><a id=\"on\" href=\"{}\">Continue</a></p>", escape(address)),
        None => "<p>You can close this page.</p>".to_owned(),
    };
    for request in requests {
        let _ = write!(body, "<iframe hidden src=\"{}\"></iframe>", escape(&request.url()));
    }
    if destination.is_some() {
        body += GO_ON;
    }
    page(StatusCode::OK, "You signed out of your account", &body)
}

/// A page has loaded when its frames have. An application that never answers delays the person by five seconds only.
const GO_ON: &str = "<script>const goOn=()=>location.replace(document.getElementById(\"on\").href);\
addEventListener(\"load\",goOn);setTimeout(goOn,5000)</script>";

/// An error that must not go back to the application, because the address could be anybody's.
pub(crate) fn error(error: &EntraError) -> Response {
    let body = format!(
        "<p>Sorry, but we're having trouble signing you in.</p><p><code>AADSTS{}</code>: {}</p>",
        error.code.unwrap_or_default(),
        escape(&error.message)
    );
    page(StatusCode::BAD_REQUEST, "Sign in", &body)
}

/// Carries the response to the application as a form (OAuth 2.0 Form Post Response Mode).
pub(crate) fn form_post(redirect_uri: &str, pairs: &[(&str, String)]) -> Response {
    let mut body = format!("<form method=\"post\" action=\"{}\">", escape(redirect_uri));
    for (name, value) in pairs {
        body += &hidden(name, value);
    }
    body += "<button class=\"account\"><strong>Continue</strong></button></form>";
    page(StatusCode::OK, "Working…", &body)
}

pub(crate) fn message(status: StatusCode, title: &str, text: &str) -> Response {
    page(status, title, &format!("<p>{}</p>", escape(text)))
}

/// The beginning of a form that comes back to this address with everything it was asked with.
fn form(call: &Call) -> String {
    let mut form = format!("<form method=\"post\" action=\"{}\">", escape(&call.path));
    let own = ["account", "cancel", "consent", "confirmed"];
    for (name, value) in call.query.iter().chain(&call.form).filter(|(name, _)| !own.contains(&name.as_str())) {
        form += &hidden(name, value);
    }
    form
}

fn hidden(name: &str, value: &str) -> String {
    format!("<input type=\"hidden\" name=\"{}\" value=\"{}\">", escape(name), escape(value))
}

const STYLE: &str = "\
:root{color-scheme:light dark;--paper:#eef1f5;--card:#fff;--line:#767676;--text:#1b1b1b;--quiet:#565656;\
--accent:#0b5cad;--hover:#eef4fb;--notice:#fff4ce}\
@media(prefers-color-scheme:dark){:root{--paper:#15171a;--card:#202327;--line:#85898f;--text:#e9eaec;--quiet:#b0b4ba;\
--accent:#8ec1ff;--hover:#2a3440;--notice:#4a3d0c}}\
body{font:1rem/1.5 system-ui,sans-serif;margin:0;overflow-wrap:anywhere;background:var(--paper);color:var(--text)}\
main{max-width:27rem;margin:8vh auto 1rem;padding:2rem clamp(1rem,6vw,2rem);background:var(--card);\
box-shadow:0 2px 8px #0002}\
h1{font-size:1.4rem;margin:0 0 .5rem}h2{font-size:1rem;margin:1.5rem 0 .25rem}p{margin:.25rem 0 1rem}\
ul{padding-left:1.25rem}.quiet{color:var(--quiet)}\
button{font:inherit;cursor:pointer;border:1px solid var(--line);background:var(--card);color:var(--text)}\
button:hover{background:var(--hover)}button:focus-visible{outline:3px solid var(--accent);outline-offset:1px}\
.account{display:block;width:100%;text-align:left;padding:.75rem 1rem;margin:0 0 .5rem}\
.account strong{display:block}a{color:var(--accent)}.plain{margin-top:.5rem;padding:.5rem 1.25rem}\
footer{max-width:27rem;margin:0 auto 1rem;padding:.75rem clamp(1rem,6vw,2rem);font-size:.9375rem;\
background:var(--notice)}";

pub(crate) fn page(status: StatusCode, title: &str, body: &str) -> Response {
    let title = escape(title);
    Response::builder()
        .status(status)
        .content_type("text/html; charset=utf-8")
        .header("cache-control", "no-store")
        .header("x-frame-options", "DENY")
        .body(format!(
            "<!doctype html>\n<html lang=\"en\">\n<head>\n<meta charset=\"utf-8\">\n\
             <meta name=\"viewport\" content=\"width=device-width, initial-scale=1\">\n<title>{title} – local emulator</title>\n\
             <style>{STYLE}</style>\n</head>\n<body>\n<main>\n<h1>{title}</h1>\n{body}\n</main>\n\
             <footer>This is a local emulator for development. It is not Microsoft.</footer>\n</body>\n</html>\n"
        ))
}

pub(crate) fn escape(text: &str) -> String {
    text.replace('&', "&amp;").replace('<', "&lt;").replace('>', "&gt;").replace('"', "&quot;").replace('\'', "&#39;")
}
