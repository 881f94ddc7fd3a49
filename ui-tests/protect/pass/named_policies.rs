//! Policies that `app!` names, wherever a policy may stand.

use azure_auth::{Answer, Guard, Has, Principal};
use poem::{get, handler};

mod authorization {
    azure_auth::app! {
        roles: { Writer, Admin, Trainee },
        scopes: { PagesWrite("Pages.Write") },
        groups: { Staff("11111111-aaaa-4bbb-8ccc-222222222222") },
        policies: {
            Editor = role(Writer) || role(Admin),
            Reviewer = Editor && group(Staff) && !role(Trainee),
            Job = Editor || application_role("Jobs.Run"),
            Administrator = role(Admin) && scope(PagesWrite),
        },
    }
}
use authorization::{Administrator, Editor, Job, PagesWrite};

#[azure_auth::protect(allow = Editor)]
#[handler]
fn pages() -> &'static str {
    "pages"
}

#[azure_auth::protect(scopes = PagesWrite, allow = crate::authorization::Reviewer || Job)]
#[handler]
fn reviews() -> &'static str {
    "reviews"
}

#[azure_auth::protect(allow = user() && !Editor)]
#[handler]
fn requests() -> &'static str {
    "requests"
}

#[azure_auth::protect(allow = Administrator)]
#[handler]
fn settings(_: Has<authorization::Admin>, _: Has<(Editor, PagesWrite)>) -> &'static str {
    "settings"
}

#[azure_auth::protect(tenants = "11111111-aaaa-4bbb-8ccc-222222222222", allow = !Editor)]
#[handler]
fn generic<T: Default + Send + Sync + 'static>() -> &'static str {
    let _ = T::default();
    "generic"
}

static EDITORS: Guard = azure_auth::guard!(allow = Editor);

fn may_edit(principal: &Principal) -> Answer {
    let _: Option<Has<Editor>> = principal.proof::<Editor>();
    principal.satisfies::<Editor>()
}

fn main() {
    let _ = (may_edit as fn(&Principal) -> Answer, authorization::Reviewer, &EDITORS);
    let _ = azure_auth::endpoints! {
        "/pages" => get(pages),
        "/reviews" => get(reviews),
        "/requests" => get(requests),
        "/settings" => get(settings),
        "/generic" => get(generic::<u8>::default()),
        "/files" => protect(poem::endpoint::make_sync(|_| "files"), allow = Editor && !role("Guest")),
    }
    .with(azure_auth::guard!(allow = Editor));
}
