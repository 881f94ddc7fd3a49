azure_auth::app! {
    roles: { Führung = "Can decide" },
}

fn main() {}
