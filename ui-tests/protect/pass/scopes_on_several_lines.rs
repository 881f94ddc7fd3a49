use poem::{get, handler};

#[azure_auth::protect(scopes = "openid email
    Files.Read Files.Write")]
#[handler]
fn files() -> &'static str {
    "files"
}

#[azure_auth::protect(scopes = "openid \
                                email")]
#[handler]
fn pages() -> &'static str {
    "pages"
}

fn main() {
    drop(azure_auth::endpoints! { "/files" => get(files), "/pages" => get(pages) });
}
