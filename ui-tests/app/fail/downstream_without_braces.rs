azure_auth::app! {
    downstream: {
        orders("api://orders"),
    },
}

fn main() {}
