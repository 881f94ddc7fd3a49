azure_auth::app! {
    roles: { Writer },
    policies: { Editor = role(Writer) || Owner },
}

fn main() {}
