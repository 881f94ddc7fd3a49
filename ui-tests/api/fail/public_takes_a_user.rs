use azure_auth::User;
use poem_openapi::OpenApi;
use poem_openapi::payload::PlainText;

struct Files;

#[azure_auth::protect_api]
#[OpenApi]
impl Files {
    #[public]
    #[oai(path = "/files", method = "get")]
    async fn list(&self, user: User) -> PlainText<&'static str> {
        let _ = user;
        PlainText("files")
    }
}

fn main() {}
