azure_auth::app! {
    roles: { Writer },
    policies: { Editor = role(Writer) && application_role("Jobs") },
}

fn main() {}
