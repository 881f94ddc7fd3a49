use azure_auth::Endpoints;

fn rooms() -> Endpoints {
    azure_auth::endpoints! {}
}

fn main() {
    let _ = azure_auth::endpoints! { "/rooms" => public(rooms(), reason = "the rooms") };
}
