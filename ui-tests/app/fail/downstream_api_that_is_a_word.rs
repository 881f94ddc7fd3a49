azure_auth::app! {
    downstream: {
        orders("orders") { OrdersRead("Orders.Read") },
    },
}

fn main() {}
