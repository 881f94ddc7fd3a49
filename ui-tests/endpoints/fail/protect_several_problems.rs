use poem::endpoint::make_sync;
use poem::get;

#[azure_auth::public]
#[poem::handler]
fn home() {}

fn main() {
    let _ = azure_auth::endpoints! {
        "/reports" => protect(make_sync(|_| "hello"), roles = "Admin Auditor", via = cookie, reason = "x"),
        "audits"   => protect(roles = "Auditor"),
        "/assets"  => public(make_sync(|_| "hello"), groups = "Staff"),
        "/" => get(home),
    };
}
