azure_auth::app! {
    roles: { Writer("Tasks.Write") },
    scopes: { Writer("Files.Write") },
}

fn main() {}
