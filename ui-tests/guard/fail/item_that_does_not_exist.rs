use poem::endpoint::make_sync;
use poem::{EndpointExt, Route};

azure_auth::app! {
    roles: { Admin },
    scopes: { FilesRead("Files.Read") },
}

fn main() {
    let _ = Route::new().at("/", make_sync(|_| "hello")).with(azure_auth::guard!(roles = Auditor));
}
