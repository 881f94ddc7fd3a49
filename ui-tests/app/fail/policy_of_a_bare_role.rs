azure_auth::app! {
    roles: { Writer },
    policies: { Editor = Writer },
}

fn main() {}
