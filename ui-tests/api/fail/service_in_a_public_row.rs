use poem_openapi::payload::PlainText;
use poem_openapi::{OpenApi, OpenApiService};

struct Files;

#[azure_auth::protect_api]
#[OpenApi]
impl Files {
    #[protect]
    #[oai(path = "/files", method = "get")]
    async fn files(&self) -> PlainText<&'static str> {
        PlainText("files")
    }
}

fn main() {
    let service = OpenApiService::new(Files, "Files", "1.0");
    let _ = azure_auth::endpoints! { "/api" => public(service, reason = "the API") };
}
