azure_auth::app! {
    downstream: {
        orders("api://orders") { OrdersRead("Orders.Read") },
        shop("api://orders") { OrdersWrite("Orders.Write") },
    },
}

fn main() {}
