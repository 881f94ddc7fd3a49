use poem::endpoint::make_sync;

fn main() {
    let _ = azure_auth::endpoints! {
        "/reports" => protect(make_sync(|_| "hello"), roles = "Admin").with(poem::middleware::Tracing),
    };
}
