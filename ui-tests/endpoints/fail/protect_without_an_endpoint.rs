fn main() {
    let _ = azure_auth::endpoints! {
        "/reports" => protect(roles = "Admin", via = sesion),
    };
}
