struct Files;

#[azure_auth::protect_api]
impl Files {
    pub fn names(&self) -> &'static str {
        "files"
    }
}

fn main() {}
