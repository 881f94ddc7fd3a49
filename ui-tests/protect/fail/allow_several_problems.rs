use poem::handler;

#[azure_auth::protect(allow = roel("Admin") || (role(Writer) && !group("Finance")))]
#[handler]
fn files() -> &'static str {
    "files"
}

fn main() {}
