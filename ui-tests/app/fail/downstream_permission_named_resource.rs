azure_auth::app! {
    downstream: {
        orders("api://orders") { Resource("Orders.Read") },
    },
}

fn main() {}
