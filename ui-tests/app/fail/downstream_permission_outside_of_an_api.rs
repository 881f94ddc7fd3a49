azure_auth::app! {
    downstream: {
        OrdersRead("Orders.Read"),
    },
}

fn main() {}
