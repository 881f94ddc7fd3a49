azure_auth::app! {
    roles: { Writer("Tasks.Write"), Author("Tasks.Write") },
}

fn main() {}
