azure_auth::app! {
    roles: { Writer("Tasks.Write", "Files.Write") },
}

fn main() {}
