azure_auth::app! {
    roles: { Writer("Tasks.Tasks.Tasks.Tasks.Tasks.Tasks.Tasks.Tasks.Tasks.Tasks.Tasks.Tasks.Tasks.Tasks.Tasks.Tasks.Tasks.Tasks.Tasks.Tasks.Tasks.") },
}

fn main() {}
