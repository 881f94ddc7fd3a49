azure_auth::app! {
    roles: {
        Admin,
        orders("api://orders") { OrdersRead("Orders.Read") },
    },
}

fn main() {
    let _ = Admin;
}
