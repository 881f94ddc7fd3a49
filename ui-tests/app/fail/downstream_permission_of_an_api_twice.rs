azure_auth::app! {
    downstream: {
        orders("api://orders") { OrdersRead("Orders.Read"), Reading("Orders.Read") },
    },
}

fn main() {}
