use poem_openapi::payload::PlainText;
use poem_openapi::{OpenApi, OpenApiService};

trait Store: Send + Sync + 'static {
    fn names(&self) -> String;
}

struct Files<S>(S);

#[azure_auth::protect_api]
#[OpenApi]
impl<S> Files<S>
where
    S: Store,
{
    #[protect(scopes = "Files.Read")]
    #[oai(path = "/files", method = "get")]
    async fn list(&self) -> PlainText<String> {
        PlainText(self.0.names())
    }
}

struct Memory;

impl Store for Memory {
    fn names(&self) -> String {
        "files".to_owned()
    }
}

fn main() {
    let _ = azure_auth::endpoints! {
        "/api" => nest(OpenApiService::new(Files(Memory), "Files", "1.0")),
    };
}
