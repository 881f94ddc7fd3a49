fn main() {
    let _ = azure_auth::endpoints! {
        "/files" => nest(),
    };
}
