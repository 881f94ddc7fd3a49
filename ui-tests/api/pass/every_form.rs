use azure_auth::{Has, Principal, Refusal, User};
use poem::{Endpoint, EndpointExt, Request};
use poem_openapi::param::Path;
use poem_openapi::payload::{Json, PlainText};
use poem_openapi::{ApiResponse, OpenApi, OpenApiService};

azure_auth::app! { roles: { Admin }, scopes: { FilesRead("Files.Read") } }

const PREFIX: &str = "/v1";

struct Files;

#[derive(ApiResponse)]
#[oai(bad_request_handler = "unreadable")]
enum Read {
    #[oai(status = 200)]
    File(PlainText<String>),
    #[oai(status = 400)]
    Unreadable,
}

fn unreadable(_: poem::Error) -> Read {
    Read::Unreadable
}

/// The files of the application.
#[azure_auth::protect_api]
#[OpenApi(prefix_path = PREFIX)]
impl Files {
    /// Whether the service is there
    #[public(reason = "asked by the load balancer")]
    #[oai(path = "/health", method = "get", method = "head")]
    async fn health(&self, user: Option<User>) -> PlainText<&'static str> {
        PlainText(Self::health_of(user.as_ref()))
    }

    #[protect]
    #[oai(path = "/", method = "get")]
    async fn list(&self) -> PlainText<&'static str> {
        PlainText("files")
    }

    #[oai(path = "/files/:id", method = "get", transform = "limited")]
    #[azure_auth::protect(scopes = all("openid", FilesRead), roles = any(Admin, "Writer"), check = may_read)]
    async fn read(&self, id: Path<String>) -> Read {
        if id.is_empty() { Read::Unreadable } else { Read::File(PlainText(id.0)) }
    }

    #[protect(allow = role(Admin) && !role("Trainee"), via = session)]
    #[oai(path = "/files", method = "put", method = "post", hidden)]
    async fn r#type(&self, names: Json<Vec<String>>, _admin: Has<Admin>) -> Json<usize> {
        Json(names.len())
    }

    fn health_of(user: Option<&User>) -> &'static str {
        if user.is_some() { "signed in" } else { "ok" }
    }
}

fn limited(endpoint: impl Endpoint) -> impl Endpoint {
    endpoint.with(poem::middleware::SetHeader::new())
}

fn may_read(_: &Principal, request: &Request) -> Result<(), Refusal> {
    if request.uri().path().contains("..") { Err(Refusal::new("no way up")) } else { Ok(()) }
}

macro_rules! api {
    ($api:ty, $path:literal) => {
        #[azure_auth::protect_api]
        #[allow(unused)]
        #[OpenApi]
        impl $api {
            #[protect]
            #[oai(path = $path, method = "get")]
            async fn made(&self) {}
        }
    };
}

struct Made;

api!(crate::Made, "/made");

fn main() {
    let service = OpenApiService::new((Files, Made), "Files", "1.0").server("/api");
    let _ = azure_auth::endpoints! {
        "/docs"         => public(azure_auth::openapi::swagger_ui(&service), reason = "the documentation"),
        "/openapi.json" => public(azure_auth::openapi::spec_endpoint(&service), reason = "the same for programs"),
        "/api"          => nest(service),
    };
}
