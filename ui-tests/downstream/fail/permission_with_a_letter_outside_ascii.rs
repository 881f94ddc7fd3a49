use poem::handler;

#[azure_auth::protect(downstream = "api://33333333-cccc-4ddd-8eee-444444444444/Orders.Liré")]
#[handler]
fn mail() -> &'static str {
    "mail"
}

fn main() {}
