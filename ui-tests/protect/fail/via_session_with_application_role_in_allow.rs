use poem::handler;

#[azure_auth::protect(allow = role("Admin") || application_role("Jobs.Run"), via = session)]
#[handler]
fn files() -> &'static str {
    "files"
}

fn main() {}
