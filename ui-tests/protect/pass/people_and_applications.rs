use poem::{get, handler};

#[azure_auth::protect(application_roles = "Jobs.Run")]
#[handler]
fn job() -> &'static str {
    "job"
}

#[azure_auth::protect(allow = user() || application_role("Jobs.Run"))]
#[handler]
fn anyone() -> &'static str {
    "anyone"
}

#[azure_auth::protect(allow = user() && !role("Guest") || application_role("Jobs.Run") && !application_role("Blocked"))]
#[handler]
fn but_not() -> &'static str {
    "but not"
}

#[azure_auth::protect(
    allow = (user() || application_role("Jobs.Run")) && tenant("11111111-aaaa-4bbb-8ccc-222222222222")
)]
#[handler]
fn of_one_tenant() -> &'static str {
    "of one tenant"
}

// Other keys say who may, and the policy who may not.
#[azure_auth::protect(roles = "Admin", allow = !group("11111111-aaaa-4bbb-8ccc-222222222222"))]
#[handler]
fn narrowed() -> &'static str {
    "narrowed"
}

fn main() {
    let endpoints = azure_auth::endpoints! {
        "/job"  => get(job),
        "/any"  => get(anyone).post(but_not).put(of_one_tenant).delete(narrowed),
    };
    let report = endpoints.report().to_string();
    assert!(report.contains("application: application role Jobs.Run"), "{report}");
}
