use azure_auth::User;
use poem::{EndpointExt, get, handler, middleware::SizeLimit};

macro_rules! page {
    ($name:ident, $scopes:literal, $role:literal, $text:expr) => {
        #[azure_auth::protect(scopes = $scopes, roles = any($role, "Admin"), allow = role($role))]
        #[handler]
        fn $name(user: User) -> String {
            format!("{}: {}", user.id(), $text)
        }
    };
}

page!(files, "openid Files.Read", "Reader", "files");
page!(notes, "openid Notes.Read", "Writer", "notes");

macro_rules! table {
    ($($path:literal => $name:expr),*) => { azure_auth::endpoints! { $($path => get($name)),* } };
}

macro_rules! row {
    ($path:literal, $target:expr) => {
        azure_auth::endpoints! { $path => $target }
    };
}

fn main() {
    drop(table! { "/files" => files, "/notes" => notes.with(SizeLimit::new(7)) });
    drop(row!("/both", get(files).post(notes)));
}
