azure_auth::app! {
    downstream: {
        orders { OrdersRead("Orders.Read") },
    },
}

fn main() {}
