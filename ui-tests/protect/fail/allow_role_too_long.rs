use poem::handler;

#[azure_auth::protect(allow = role("Admin.Admin.Admin.Admin.Admin.Admin.Admin.Admin.Admin.Admin.Admin.Admin.Admin.Admin.Admin.Admin.Admin.Admin.Admin.Admin.A"))]
#[handler]
fn files() -> &'static str {
    "files"
}

fn main() {}
