azure_auth::app! {
    groups: { Staff("All Staff") },
}

fn main() {}
