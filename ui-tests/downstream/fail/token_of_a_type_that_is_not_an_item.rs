use azure_auth::Token;
use poem::handler;

#[azure_auth::protect]
#[handler]
fn mail(_: Token<String>) -> &'static str {
    "mail"
}

fn main() {}
