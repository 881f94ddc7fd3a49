#[azure_auth::protect]
#[poem::handler]
fn files() -> &'static str {
    "files"
}

#[::azure_auth::public]
#[::poem::handler]
fn home() -> &'static str {
    "hello"
}

fn main() {
    drop(::azure_auth::endpoints! { "/" => ::poem::get(home), "/files" => poem::get(self::files) });
}
