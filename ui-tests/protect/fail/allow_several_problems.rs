use poem::handler;

#[azure_auth::protect(allow = roel("Admin") || (role(writer) && !group("Finance")))]
#[handler]
fn files() -> &'static str {
    "files"
}

fn main() {}
