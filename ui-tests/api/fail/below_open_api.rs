use poem_openapi::OpenApi;
use poem_openapi::payload::PlainText;

struct Files;

#[OpenApi]
#[azure_auth::protect_api]
impl Files {
    #[azure_auth::protect]
    #[oai(path = "/files", method = "get")]
    async fn list(&self) -> PlainText<&'static str> {
        PlainText("files")
    }
}

fn main() {}
