azure_auth::app! {
    roles: { Writer("Tasks.\
        Wr\\ite") },
}

fn main() {}
