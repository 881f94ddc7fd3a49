use poem::endpoint::make_sync;

fn main() {
    let _ = azure_auth::endpoints! {
        "/assets" => public(make_sync(|_| "hello"), reason = "assets").with(poem::middleware::Tracing),
    };
}
