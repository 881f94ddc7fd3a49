use poem::{get, handler};

#[azure_auth::public]
#[handler]
fn home() -> &'static str {
    "hello"
}

fn main() {
    let _ = azure_auth::endpoints! {
        r"/files\a?b" => get(home),
    };
}
