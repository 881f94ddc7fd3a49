use poem_openapi::OpenApi;
use poem_openapi::payload::PlainText;

struct Files;

#[azure_auth::protect_api]
#[OpenApi]
impl Files {
    #[protect(role = "Admin")]
    #[oai(path = "/files", method = "get")]
    async fn list(&self) -> PlainText<&'static str> {
        PlainText("files")
    }

    #[oai(path = "/files", method = "post")]
    async fn add(&self) -> PlainText<&'static str> {
        PlainText("files")
    }

    #[public(reason = "")]
    #[oai(path = "/files", method = "delete")]
    async fn remove(&self) -> PlainText<&'static str> {
        PlainText("files")
    }

    #[protect(roles = "Admin Writer")]
    #[oai(path = "/files", method = "get")]
    async fn list_again(&self) -> PlainText<&'static str> {
        PlainText("files")
    }
}

fn main() {}
