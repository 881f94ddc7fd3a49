use poem::endpoint::make_sync;

fn office_hours(_: &azure_auth::Principal, _: &poem::Request) -> bool {
    true
}

fn main() {
    let _ = azure_auth::endpoints! {
        "/reports" => protect(make_sync(|_| "hello"), check = office_hours),
    };
}
