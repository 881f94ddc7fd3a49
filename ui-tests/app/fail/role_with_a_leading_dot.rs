azure_auth::app! {
    roles: { Writer(".Write") },
}

fn main() {}
