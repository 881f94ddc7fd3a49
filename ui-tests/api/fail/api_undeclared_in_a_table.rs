use poem_openapi::{OpenApi, OpenApiService};
use poem_openapi::payload::PlainText;

struct Files;

#[OpenApi]
impl Files {
    #[oai(path = "/files", method = "get")]
    async fn list(&self) -> PlainText<&'static str> {
        PlainText("files")
    }
}

fn main() {
    let _ = azure_auth::endpoints! {
        "/api" => nest(OpenApiService::new(Files, "Files", "1.0")),
    };
}
