azure_auth::app! {
    downstream: {
        MyOrders("api://orders") { OrdersRead("Orders.Read") },
    },
}

fn main() {}
