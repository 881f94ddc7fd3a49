azure_auth::app! {
    downstream: {
        orders("api://orders") { OrdersRead("Orders.Read"), Everything(".default") },
    },
}

fn main() {}
