azure_auth::app! {
    roles: { Writer = "Tasks.Write" },
}

fn main() {}
