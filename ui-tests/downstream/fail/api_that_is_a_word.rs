use poem::handler;

#[azure_auth::protect(downstream = "orders/Orders.Read")]
#[handler]
fn mail() -> &'static str {
    "mail"
}

fn main() {}
