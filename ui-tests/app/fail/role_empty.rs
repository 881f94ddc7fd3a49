azure_auth::app! {
    roles: { Writer("") },
}

fn main() {}
