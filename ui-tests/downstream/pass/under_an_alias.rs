use azure_auth::{Token, graph};
use poem::{get, handler};

type Mail = Token<(graph::UserRead, graph::MailRead)>;

#[azure_auth::protect]
#[handler]
fn mail(_: Mail, _: Option<Mail>) -> &'static str {
    "mail"
}

fn main() {
    drop(azure_auth::endpoints! { "/mail" => get(mail) });
}
