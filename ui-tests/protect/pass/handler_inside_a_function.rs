use poem::{get, handler};

fn main() {
    struct Files(&'static str);

    #[azure_auth::protect]
    #[handler]
    fn files() -> &'static str {
        Files("files").0
    }

    drop(azure_auth::endpoints! { "/" => get(files) });
}
