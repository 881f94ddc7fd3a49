use azure_auth::{Guard, Principal, Refusal};
use poem::Request;

macro_rules! guarded_by {
    ($role:literal, $check:path, $policy:expr) => {
        azure_auth::guard!(roles = $role, check = $check, allow = $policy)
    };
}

fn office_hours(_: &Principal, _: &Request) -> Result<(), Refusal> {
    Ok(())
}

fn main() {
    let guard: Guard = guarded_by!("Admin", office_hours, user() && !role("Guest"));
    let _ = guard;
}
