use poem::handler;

#[azure_auth::protect(roles = "Admin\
                               é")]
#[handler]
fn files() -> &'static str {
    "files"
}

fn main() {}
