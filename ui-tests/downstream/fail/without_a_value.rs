use poem::handler;

#[azure_auth::protect(downstream)]
#[handler]
fn mail() -> &'static str {
    "mail"
}

fn main() {}
