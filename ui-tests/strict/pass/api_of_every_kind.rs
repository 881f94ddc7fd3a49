#![no_implicit_prelude]
use ::{azure_auth, poem_openapi};
use ::poem::Endpoint;
use ::poem_openapi::OpenApi;
use ::poem_openapi::param::Path;
use ::poem_openapi::payload::PlainText;
use ::std::marker::{Send, Sync};
use ::std::string::String;

struct Files<S> {
    store: S,
}

trait Store: Send + Sync + 'static {
    fn read(&self, id: u64) -> String;
}

struct Empty;

impl Store for Empty {
    fn read(&self, _: u64) -> String {
        String::new()
    }
}

fn limited(endpoint: impl Endpoint) -> impl Endpoint {
    endpoint
}

::std::include!("../../../azure-auth-macros/tests/expansions/api_of_every_kind.rs");

fn main() {
    let files = Files { store: Empty };
    <Files<Empty>>::store(&files);
    let service = ::poem_openapi::OpenApiService::new(files, "Files", "1.0");
    ::std::mem::drop(::azure_auth::endpoints! { "/api" => nest(service) });
}
