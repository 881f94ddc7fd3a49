use azure_auth::Principal;
use poem::{Request, handler};

#[azure_auth::protect(check = office_hours)]
#[handler]
fn files() -> &'static str {
    "files"
}

async fn office_hours(_: &Principal, _: &Request) -> bool {
    true
}

fn main() {}
