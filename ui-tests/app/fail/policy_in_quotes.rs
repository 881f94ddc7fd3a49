azure_auth::app! {
    roles: { Writer },
    policies: { Editor = "Can edit" },
}

fn main() {}
