use poem_openapi::OpenApi;
use poem_openapi::payload::PlainText;

struct Files;

#[azure_auth::protect_api]
#[OpenApi(prefix_path = prefix())]
impl Files {
    #[protect]
    #[oai(path = "/files", method = "get")]
    async fn list(&self) -> PlainText<&'static str> {
        PlainText("files")
    }
}

fn prefix() -> &'static str {
    "/v1"
}

fn main() {}
