use poem::handler;

#[azure_auth::protect(downstream = "Orders.Read")]
#[handler]
fn mail() -> &'static str {
    "mail"
}

fn main() {}
