azure_auth::app! {
    roles: { Writer = 1 },
}

fn main() {}
