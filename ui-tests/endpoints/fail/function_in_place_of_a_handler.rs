use poem::get;

fn hello() -> &'static str {
    "hello"
}

fn main() {
    let _ = azure_auth::endpoints! {
        "/" => get(hello),
    };
}
