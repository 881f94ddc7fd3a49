struct Files;

impl Files {
    #[azure_auth::public]
    #[poem::handler]
    fn list(&self) -> &'static str {
        "files"
    }
}

fn main() {}
