#[azure_auth::protect(roles = "Admin")]
#[handler]
fn files(admin: Has<Admin>, name: String) -> &'static str {
    "files"
}
