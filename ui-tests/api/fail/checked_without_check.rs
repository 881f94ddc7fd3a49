use azure_auth::Checked;
use poem_openapi::OpenApi;
use poem_openapi::payload::PlainText;

struct Tickets;

#[azure_auth::protect_api]
#[OpenApi]
impl Tickets {
    #[protect]
    #[oai(path = "/ticket", method = "get")]
    async fn ticket(&self, _ticket: Checked<u32>) -> PlainText<&'static str> {
        PlainText("a ticket")
    }
}

fn main() {}
