use azure_auth::{Token, graph};
use poem::handler;

azure_auth::app! {
    downstream: { everything("https://graph.microsoft.com") { All(".default") } },
}

#[azure_auth::protect]
#[handler]
fn mail(_: Token<everything::All>, _: Option<Token<graph::MailRead>>) -> &'static str {
    "mail"
}

fn main() {}
