azure_auth::app! {
    downstream: {
        orders("api://orders") { OrdersRead("Orders Read") },
    },
}

fn main() {}
