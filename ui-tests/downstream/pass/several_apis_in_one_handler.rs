use azure_auth::{Token, graph};
use poem::{get, handler};

azure_auth::app! {
    downstream: {
        orders("api://33333333-cccc-4ddd-8eee-444444444444") { OrdersRead("Orders.Read") = "Read the person's orders" },
        storage("https://storage.azure.com") { Everything(".default") },
    },
}

#[azure_auth::protect(downstream = "https://storage.azure.com/user_impersonation api://other/Things.Read")]
#[handler]
fn mail(_: Token<graph::UserRead>, _: Token<orders::OrdersRead>) -> &'static str {
    "mail"
}

#[azure_auth::protect(downstream = all(storage::Everything, orders::OrdersRead, "api://other/Things.Read"))]
#[handler]
fn files() -> &'static str {
    "files"
}

fn main() {
    drop(azure_auth::endpoints! { "/" => get(mail), "/files" => get(files) });
}
