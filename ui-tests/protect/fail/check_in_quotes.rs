use poem::handler;

#[azure_auth::protect(check = "office_hours")]
#[handler]
fn files() -> &'static str {
    "files"
}

fn main() {}
