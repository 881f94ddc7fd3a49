azure_auth::app! {
    roles: {
        /// Can administer
        Admin,
    },
}

fn main() {}
