azure_auth::app! {
    role: { Admin },
}

fn main() {}
