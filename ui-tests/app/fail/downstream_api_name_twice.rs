azure_auth::app! {
    downstream: {
        orders("api://orders") { OrdersRead("Orders.Read") },
        orders("api://shop") { OrdersWrite("Orders.Write") },
    },
}

fn main() {}
