azure_auth::app! {
    scopes: { Email("email") },
}

fn main() {}
