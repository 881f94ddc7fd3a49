use poem::handler;

#[azure_auth::protect(via = sesion)]
#[handler]
fn files() -> &'static str {
    "files"
}

fn main() {}
