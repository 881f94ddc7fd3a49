use poem::handler;

#[azure_auth::protect(via = session, allow = !(role("Guest") || role("Trainee")))]
#[handler]
fn files() -> &'static str {
    "files"
}

fn main() {}
