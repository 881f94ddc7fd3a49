azure_auth::app! {
    roles: { Writer, Admin },
    policies: { Writer = role(Admin) },
}

fn main() {}
