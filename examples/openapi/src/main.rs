//! An API with its document: every operation says who may call it, and Swagger UI signs in to try it.

#![allow(clippy::unused_async, reason = "operations of poem-openapi are async")]

#[cfg(test)]
mod authorization;

use std::process::ExitCode;
use std::sync::{Mutex, PoisonError};

use azure_auth::{AzureAuth, AzureAuthBuilder, Endpoints, Has, Inspection, User};
use azure_auth_emulator::Emulator;
use poem::Server;
use poem::listener::{Listener, TcpListener};
use poem_openapi::param::Path;
use poem_openapi::payload::{Json, PlainText};
use poem_openapi::{ApiResponse, Object, OpenApi, OpenApiService};

azure_auth::app! {
    roles: { Admin = "Can administer" },
    scopes: { FilesRead("Files.Read") = "Read the files of the person", FilesWrite("Files.ReadWrite") },
}

/// What the API keeps, until the program ends.
#[derive(Default)]
struct Files {
    names: Mutex<Vec<String>>,
}

/// A file to be.
#[derive(Object)]
struct NewFile {
    name: String,
}

#[derive(ApiResponse)]
enum Written {
    #[oai(status = 201)]
    Created,
    /// The file has no name, or the request cannot be read.
    #[oai(status = 400)]
    Unreadable,
}

#[azure_auth::protect_api]
#[OpenApi]
impl Files {
    /// Whether the service is there
    #[public(reason = "asked by the load balancer")]
    #[oai(path = "/health", method = "get")]
    async fn health(&self) -> PlainText<&'static str> {
        PlainText("ok")
    }

    /// Who is signed in
    #[protect]
    #[oai(path = "/me", method = "get")]
    async fn me(&self, user: User) -> PlainText<String> {
        PlainText(user.display_name().to_owned())
    }

    /// The names of all files
    #[protect(scopes = FilesRead, application_roles = "Files.Read.All")]
    #[oai(path = "/files", method = "get")]
    async fn list(&self) -> Json<Vec<String>> {
        Json(self.names.lock().unwrap_or_else(PoisonError::into_inner).clone())
    }

    /// One file more
    #[protect(scopes = FilesWrite)]
    #[oai(path = "/files", method = "post")]
    async fn add(&self, file: Json<NewFile>) -> Written {
        if file.name.trim().is_empty() {
            return Written::Unreadable;
        }
        self.names.lock().unwrap_or_else(PoisonError::into_inner).push(file.0.name);
        Written::Created
    }

    /// One file less
    #[protect(scopes = FilesWrite, roles = Admin)]
    #[oai(path = "/files/:name", method = "delete")]
    async fn remove(&self, name: Path<String>, _admin: Has<Admin>) {
        self.names.lock().unwrap_or_else(PoisonError::into_inner).retain(|present| *present != name.0);
    }
}

fn endpoints() -> Endpoints {
    let service = OpenApiService::new(Files::default(), "Files", env!("CARGO_PKG_VERSION")).server("/api");
    azure_auth::endpoints! {
        "/docs"         => public(azure_auth::openapi::swagger_ui(&service), reason = "the documentation of the API"),
        "/openapi.json" => public(azure_auth::openapi::spec_endpoint(&service), reason = "the same for programs"),
        "/api"          => nest(service),
    }
}

#[tokio::main]
async fn main() -> Result<ExitCode, Box<dyn std::error::Error>> {
    dotenvy::dotenv().ok();
    if let Some(inspection) = Inspection::from_args(std::env::args()) {
        return Ok(inspection.vocabulary(VOCABULARY).run(&endpoints(), AzureAuthBuilder::from_env()).await);
    }

    tracing_subscriber::fmt().with_writer(std::io::stderr).init();
    let bind = std::env::var("BIND").unwrap_or_else(|_| "127.0.0.1:3000".to_owned());
    let address = format!("http://{}", bind.replace("127.0.0.1", "localhost"));

    // Without a tenant: a local Entra ID, if nobody else can reach this program and nothing is configured. If there is
    // none, the log says why.
    let emulator = Emulator::start_unless_configured(&bind).await?;
    let auth = match &emulator {
        Some(emulator) => AzureAuth::from_variables(emulator.env())?,
        None => AzureAuth::from_env()?,
    };

    let acceptor = TcpListener::bind(bind).into_acceptor().await?;
    println!("Open {address}/docs");
    Server::new_with_acceptor(acceptor).run(endpoints().with(auth)).await?;
    Ok(ExitCode::SUCCESS)
}
