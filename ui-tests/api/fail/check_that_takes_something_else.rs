use poem_openapi::OpenApi;
use poem_openapi::payload::PlainText;

struct Files;

#[azure_auth::protect_api]
#[OpenApi]
impl Files {
    #[protect(check = Files::are_open)]
    #[oai(path = "/files", method = "get")]
    async fn list(&self) -> PlainText<&'static str> {
        PlainText("files")
    }
}

impl Files {
    fn are_open(&self) -> bool {
        true
    }
}

fn main() {}
