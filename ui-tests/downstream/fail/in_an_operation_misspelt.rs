use poem_openapi::OpenApi;
use poem_openapi::payload::PlainText;

struct Mail;

#[azure_auth::protect_api]
#[OpenApi]
impl Mail {
    #[protect(downstream = "https://graph.microsoft.com/Mail.Reed")]
    #[oai(path = "/mail", method = "get")]
    async fn mail(&self) -> PlainText<&'static str> {
        PlainText("mail")
    }
}

fn main() {}
