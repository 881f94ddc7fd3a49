azure_auth::app! {
    roles: { Admin = " " },
}

fn main() {}
