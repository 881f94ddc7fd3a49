use poem_openapi::OpenApi;
use poem_openapi::payload::PlainText;

struct Files;

#[azure_auth::protect_api]
#[OpenApi]
impl Files {
    #[protect(scopes = FilesRead)]
    #[oai(path = "/files", method = "get")]
    async fn files(&self) -> PlainText<&'static str> {
        PlainText("files")
    }
}

fn main() {}
