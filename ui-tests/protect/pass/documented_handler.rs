//! A crate that insists on documentation.
#![deny(missing_docs)]

/// What the crate shows.
pub mod pages {
    use poem::handler;

    /// The files of the caller.
    #[azure_auth::protect]
    /// Newest first.
    #[handler]
    #[doc = "At most ten."]
    pub fn files() -> &'static str {
        "files"
    }
}

fn main() {
    drop(azure_auth::endpoints! { "/" => poem::get(pages::files) });
}
