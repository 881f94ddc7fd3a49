use poem::handler;

#[azure_auth::protect(roles = "Admin.Admin.Admin.Admin.Admin.Admin.Admin.Admin.Admin.Admin.Admin.Admin.Admin.Admin.Admin.Admin.Admin.Admin.Admin.Admin.Admin.")]
#[handler]
fn files() -> &'static str {
    "files"
}

fn main() {}
