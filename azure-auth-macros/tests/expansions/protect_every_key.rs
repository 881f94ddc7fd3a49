#[azure_auth::protect(
    scopes = "openid Files.Read",
    roles = any("Admin", "Writer"),
    groups = "11111111-aaaa-4bbb-8ccc-222222222222",
    tenants = "33333333-aaaa-4bbb-8ccc-444444444444",
    via = bearer,
    allow = user() && !role("Guest") || application_role("Jobs.Run") && !tenant("55555555-aaaa-4bbb-8ccc-666666666666"),
    check = office_hours
)]
#[handler]
fn files() -> &'static str {
    "files"
}
