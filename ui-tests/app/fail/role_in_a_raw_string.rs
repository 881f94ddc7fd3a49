azure_auth::app! {
    roles: { Writer(r#"Tasks"Write"#) },
}

fn main() {}
