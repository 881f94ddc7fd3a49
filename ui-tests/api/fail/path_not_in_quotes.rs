use poem_openapi::OpenApi;
use poem_openapi::payload::PlainText;

struct Files;

const PATH: &str = "/files";

#[azure_auth::protect_api]
#[OpenApi]
impl Files {
    #[protect]
    #[oai(path = PATH, method = "get")]
    async fn list(&self) -> PlainText<&'static str> {
        PlainText("files")
    }
}

fn main() {}
