use poem::get;

mod pages {
    #[poem::handler]
    pub fn naked() -> &'static str {
        "hello"
    }
}

fn main() {
    let _ = azure_auth::endpoints! {
        "/" => get(pages::naked),
    };
}
