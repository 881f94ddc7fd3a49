struct Files;

impl Files {
    #[azure_auth::protect]
    #[poem::handler]
    fn list(&self) -> &'static str {
        "files"
    }
}

fn main() {}
