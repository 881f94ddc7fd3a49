fn main() {
    let _ = azure_auth::endpoints! {
        "/reports" => protect(),
    };
}
