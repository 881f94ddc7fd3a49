#[azure_auth::protect(allow = Editor || role("Owner"))]
#[handler]
fn pages() -> &'static str {
    "pages"
}
