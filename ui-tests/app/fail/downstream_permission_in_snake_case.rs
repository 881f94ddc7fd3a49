azure_auth::app! {
    downstream: {
        orders("api://orders") { orders_read("Orders.Read") },
    },
}

fn main() {}
