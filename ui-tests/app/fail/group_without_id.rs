azure_auth::app! {
    groups: { Staff },
}

fn main() {}
