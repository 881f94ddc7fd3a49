azure_auth::app! {
    roles: { Guest },
    policies: { Known = !role(Guest) },
}

fn main() {}
