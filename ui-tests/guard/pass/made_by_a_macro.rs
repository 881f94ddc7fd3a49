use azure_auth::{Guard, Principal, Refusal};
use poem::Request;

macro_rules! guarded_by {
    ($role:literal, $check:path, $policy:expr) => {
        azure_auth::guard!(roles = $role, check = $check, allow = $policy)
    };
}

fn office_hours(_: &Principal, request: &Request) -> Result<(), Refusal> {
    if request.headers().contains_key("x-closed") { Err(Refusal::new("closed")) } else { Ok(()) }
}

fn main() {
    let guard: Guard = guarded_by!("Admin", office_hours, user() && !role("Guest"));
    let _ = guard;
}
