use azure_auth::{Endpoints, Principal, Refusal};
use poem::endpoint::make_sync;
use poem::{EndpointExt, Request, Route, get, handler};

azure_auth::app! {
    roles: { Admin, Auditor("Reports.Audit") },
    scopes: { FilesRead("Files.Read") },
    groups: { Staff("11111111-aaaa-4bbb-8ccc-222222222222") },
}

#[azure_auth::protect]
#[handler]
fn home() -> &'static str {
    "hello"
}

async fn office_hours(_: &Principal, request: &Request) -> Result<(), Refusal> {
    if request.headers().contains_key("x-closed") { Err(Refusal::new("closed")) } else { Ok(()) }
}

fn nested(greeting: &'static str) -> Endpoints {
    azure_auth::endpoints! {
        "/"      => get(home),
        "/later" => protect(make_sync(move |_| greeting), check = office_hours),
    }
}

fn main() {
    let own = Route::new().at("/", make_sync(|_| "own"));
    let text = "moved";
    let endpoints = azure_auth::endpoints! {
        "/"              => get(home),
        "/anyone"        => protect(make_sync(|_| "for anyone who is signed in")),
        "/comma"         => protect(make_sync(move |_| text),),
        "/own"           => protect(own, roles = "Admin"),
        "/with"          => protect(make_sync(|_| "with").with(poem::middleware::Tracing), roles = Admin,),
        "/table"         => protect(nested("hello"), roles = any(Admin, "Writer")),
        "/nested"        => nest(nested("hello").with(azure_auth::guard!(groups = Staff))),
        "/handler"       => protect(home, via = session),
        "/assets/*path"  => protect(make_sync(|_| "asset"), scopes = all("openid", FilesRead)),
        r"/:year<\d+>"   => protect(
            make_sync(|_| "a year"),
            roles = Auditor,
            groups = any(Staff, "33333333-aaaa-4bbb-8ccc-444444444444"),
            tenants = "55555555-aaaa-4bbb-8ccc-666666666666",
            via = bearer,
            allow = user() && !role("Guest") || application_role(Admin),
            check = self::office_hours,
        ),
    };
    drop(endpoints);
}
