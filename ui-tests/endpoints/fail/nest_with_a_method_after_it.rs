fn main() {
    let _ = azure_auth::endpoints! {
        "/more" => nest(azure_auth::endpoints!()).with(poem::middleware::Tracing),
    };
}
