use azure_auth::{Token, graph};
use poem::handler;

#[cfg(feature = "absent")]
azure_auth::app! { downstream: { orders("api://orders") { OrdersRead("Orders.Read") } } }

#[azure_auth::protect(downstream = orders::OrdersRead)]
#[cfg(feature = "absent")]
#[handler]
fn orders_of(_: Token<graph::UserRead>) -> &'static str {
    "orders"
}

#[azure_auth::protect(downstream = graph::MailRead)]
#[cfg(feature = "files")]
#[handler]
fn mail(_: Token<graph::UserRead>) -> &'static str {
    "mail"
}

fn main() {
    drop(azure_auth::endpoints! { "/mail" => poem::get(mail) });
}
