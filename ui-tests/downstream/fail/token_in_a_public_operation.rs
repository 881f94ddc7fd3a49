use azure_auth::{Token, graph};
use poem_openapi::OpenApi;
use poem_openapi::payload::PlainText;

struct Mail;

#[azure_auth::protect_api]
#[OpenApi]
impl Mail {
    #[public]
    #[oai(path = "/mail", method = "get")]
    async fn mail(&self, _token: Token<graph::MailRead>) -> PlainText<&'static str> {
        PlainText("mail")
    }
}

fn main() {}
