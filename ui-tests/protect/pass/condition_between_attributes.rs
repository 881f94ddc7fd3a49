use poem::{get, handler};

#[azure_auth::protect]
#[cfg(not(any()))]
#[handler]
fn files() -> &'static str {
    "files"
}

#[cfg(any())]
#[azure_auth::protect]
#[handler]
fn files() -> Missing {
    Missing
}

#[azure_auth::public]
#[cfg(any())]
#[handler]
fn home(missing: Missing) -> Missing {
    missing
}

#[cfg_attr(not(any()), azure_auth::public)]
#[handler]
#[cfg(not(any()))]
fn home() -> &'static str {
    "hello"
}

fn main() {
    drop(azure_auth::endpoints! { "/" => get(home), "/files" => get(files) });
}
