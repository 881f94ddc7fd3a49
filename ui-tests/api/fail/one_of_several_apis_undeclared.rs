use poem_openapi::{OpenApi, OpenApiService};
use poem_openapi::payload::PlainText;

struct Files;

struct Health;

#[azure_auth::protect_api]
#[OpenApi]
impl Health {
    #[public]
    #[oai(path = "/health", method = "get")]
    async fn health(&self) {}
}

#[OpenApi]
impl Files {
    #[oai(path = "/files", method = "get")]
    async fn list(&self) -> PlainText<&'static str> {
        PlainText("files")
    }
}

fn main() {
    let _ = azure_auth::endpoints! {
        "/api" => nest(OpenApiService::new((Health, Files), "Files", "1.0")),
    };
}
