use azure_auth::{ApplicationToken, Token, graph};
use poem::{get, handler};

#[azure_auth::protect]
#[handler]
fn profile(_: Token<graph::UserRead>) -> &'static str {
    "profile"
}

#[azure_auth::protect]
#[handler]
fn mail(_: Token<(graph::UserRead, graph::MailRead, graph::MailSend, graph::CalendarsRead)>) -> &'static str {
    "mail"
}

#[azure_auth::protect(downstream = graph::MailRead)]
#[handler]
fn by_item() -> &'static str {
    "item"
}

#[azure_auth::protect(downstream = all(graph::MailRead, graph::UserRead))]
#[handler]
fn by_items() -> &'static str {
    "items"
}

#[azure_auth::protect(downstream = "https://graph.microsoft.com/Mail.Read https://graph.microsoft.com/User.Read")]
#[handler]
fn by_text() -> &'static str {
    "text"
}

#[azure_auth::protect(downstream = all("https://graph.microsoft.com/Mail.Read", azure_auth::graph::UserRead))]
#[handler]
fn by_both() -> &'static str {
    "both"
}

#[azure_auth::protect(application_roles = "Report.Read.All")]
#[handler]
fn organization(_: ApplicationToken<graph::Resource>) -> &'static str {
    "organization"
}

fn main() {
    drop(azure_auth::endpoints! {
        "/profile" => get(profile),
        "/mail" => get(mail).post(by_item).put(by_items).delete(by_text).patch(by_both),
        "/organization" => get(organization),
    });
}
