use poem::handler;

#[azure_auth::protect(allow = role("Admin") && scope("Files.Read"), via = session)]
#[handler]
fn files() -> &'static str {
    "files"
}

fn main() {}
