use poem::{get, handler};

fn main() {
    azure_auth::app! { roles: { Admin } }
    {
        azure_auth::app! {}
    }

    #[azure_auth::protect(roles = Admin)]
    #[handler]
    fn files() -> &'static str {
        "files"
    }

    drop(azure_auth::endpoints! { "/" => get(files) });
}
