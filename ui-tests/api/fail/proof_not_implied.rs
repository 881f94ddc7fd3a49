use azure_auth::Has;
use poem_openapi::OpenApi;
use poem_openapi::payload::PlainText;

struct Files;

azure_auth::app! { roles: { Admin } }

#[azure_auth::protect_api]
#[OpenApi]
impl Files {
    #[protect(roles = "Writer")]
    #[oai(path = "/files", method = "get")]
    async fn list(&self, _admin: Has<Admin>) -> PlainText<&'static str> {
        PlainText("files")
    }
}

fn main() {}
