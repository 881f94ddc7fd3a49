use poem_openapi::OpenApi;
use poem_openapi::payload::PlainText;

struct Files;

#[azure_auth::protect_api]
#[OpenApi]
impl Files {
    #[protect]
    #[oai(path = "/files/:id<\\d+>", method = "get")]
    async fn read(&self) -> PlainText<&'static str> {
        PlainText("files")
    }
}

fn main() {}
