use azure_auth::{Refusal, User};
use poem::{Request, handler};

azure_auth::app! { scopes: { FilesRead("Files.Read") } }

#[azure_auth::protect(roles = any("Ad min", FilesRead), groups = Staff, scopes = "openId", check = office_hours)]
#[handler]
fn files() -> &'static str {
    "files"
}

fn office_hours(_: &User, _: &Request) -> Result<(), Refusal> {
    Ok(())
}

fn main() {}
