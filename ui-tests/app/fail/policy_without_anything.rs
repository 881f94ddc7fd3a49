azure_auth::app! {
    roles: { Writer },
    policies: { Editor },
}

fn main() {}
