mod pages {
    mod inner {
        use azure_auth::protect;
        use poem::handler;

        #[protect]
        #[handler]
        pub(in crate::pages) fn files() -> &'static str {
            "files"
        }
    }

    pub(crate) fn endpoints() -> azure_auth::Endpoints {
        azure_auth::endpoints! { "/" => poem::get(inner::files) }
    }
}

fn main() {
    drop(pages::endpoints());
}
