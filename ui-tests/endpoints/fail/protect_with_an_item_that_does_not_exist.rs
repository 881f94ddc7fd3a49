use poem::endpoint::make_sync;

azure_auth::app! {
    roles: { Admin },
    scopes: { FilesRead("Files.Read") },
}

fn main() {
    let _ = azure_auth::endpoints! {
        "/reports" => protect(make_sync(|_| "hello"), roles = Auditor),
    };
}
