azure_auth::app! {
    roles: { Writer("Tasks Write") = "Can write" },
}

fn main() {}
