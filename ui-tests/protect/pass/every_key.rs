use azure_auth::{Principal, Refusal};
use poem::{Request, get, handler};

#[azure_auth::protect(
    scopes = "openid
              Files.Read",
    roles = any("Admin", "Writer"),
    groups = all("11111111-aaaa-4bbb-8ccc-222222222222", "33333333-AAAA-4BBB-8CCC-444444444444"),
    tenants = any("11111111-aaaa-4bbb-8ccc-222222222222", "33333333-AAAA-4BBB-8CCC-444444444444"),
    via = bearer,
    allow = (role("Admin") || scope("Files.Read") && !group("11111111-aaaa-4bbb-8ccc-222222222222"))
        && !tenant("11111111-aaaa-4bbb-8ccc-222222222222")
        || application_role("Jobs.Run"),
    check = checks::at_once,
)]
#[handler]
fn files() -> &'static str {
    "files"
}

#[azure_auth::protect(check = checks::later, roles = "Admin", scopes = r"openid email", via = session)]
#[handler]
fn pages() -> &'static str {
    "pages"
}

mod checks {
    use super::{Principal, Refusal, Request};

    pub(super) fn at_once(_: &Principal, request: &Request) -> Result<(), Refusal> {
        if request.headers().contains_key("x-closed") { Err(Refusal::new("closed")) } else { Ok(()) }
    }

    pub(super) async fn later(principal: &Principal, _: &Request) -> Result<(), Refusal> {
        let is_person = std::future::ready(principal.user().is_some()).await;
        is_person.then_some(()).ok_or(Refusal::new("for people only"))
    }
}

fn main() {
    drop(azure_auth::endpoints! { "/files" => get(files), "/pages" => get(pages) });
}
