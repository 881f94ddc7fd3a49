azure_auth::app! {
    downstream: {
        orders("api://orders") { OrdersRead("Orders.Read"), OrdersRead("Orders.Write") },
    },
}

fn main() {}
