azure_auth::app! {
    roles: { ADMIN = "Can administer" },
}

fn main() {}
