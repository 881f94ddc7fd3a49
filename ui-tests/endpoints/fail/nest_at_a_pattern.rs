fn main() {
    let _ = azure_auth::endpoints! {
        "/files/:id" => nest(azure_auth::endpoints!()),
    };
}
