azure_auth::app! {
    downstream: {
        orders("api://orders") { OrdersRead("api://orders/Orders.Read") },
    },
}

fn main() {}
