use azure_auth::Token;
use poem::handler;

azure_auth::app! {
    downstream: {
        orders("api://orders/") { OrdersRead("Orders.Read") },
    },
}

#[azure_auth::protect]
#[handler]
fn list(_: Token<orders::OrdersRead>) -> &'static str {
    "orders"
}

fn main() {}
