use poem_openapi::{OpenApi, OpenApiService};

fn main() {
    struct Files;

    #[azure_auth::protect_api]
    #[OpenApi]
    impl Files {
        #[protect]
        #[oai(path = "/files", method = "get")]
        async fn list(&self) {}
    }

    struct Health;

    #[azure_auth::protect_api]
    #[OpenApi]
    impl Health {
        #[public]
        #[oai(path = "/health", method = "get")]
        async fn list(&self) {}
    }

    let _ = azure_auth::endpoints! {
        "/api" => nest(OpenApiService::new((Files, Health), "Files", "1.0")),
    };
}
