use poem::endpoint::make_sync;
use poem::{get, handler};

#[handler]
fn naked() {}

fn main() {
    let _ = azure_auth::endpoints! {
        "/reports" => protect(make_sync(|_| "hello"), roles = "Admin"),
        "/" => get(naked),
    };
}
