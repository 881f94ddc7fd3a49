use poem_openapi::OpenApi;
use poem_openapi::payload::PlainText;

azure_auth::app! { roles: { Admin } }

struct Files;

#[azure_auth::protect_api]
#[OpenApi]
impl Files {
    #[protect(scopes = Admin)]
    #[oai(path = "/files", method = "get")]
    async fn files(&self) -> PlainText<&'static str> {
        PlainText("files")
    }
}

fn main() {}
