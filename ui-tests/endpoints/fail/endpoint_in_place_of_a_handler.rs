use poem::{endpoint::make_sync, get};


fn main() {
    let _ = azure_auth::endpoints! {
        "/" => get(make_sync(|_| "hello")),
    };
}
