#[azure_auth::protect(
    scopes = "openid Files.Read",
    roles = any("Admin", "Writer"),
    groups = "11111111-aaaa-4bbb-8ccc-222222222222",
    app_roles = "Jobs.Run",
    tenants = "33333333-aaaa-4bbb-8ccc-444444444444",
    via = bearer,
    allow = role("Admin") || !scope("Files.Read"),
    check = office_hours
)]
#[handler]
fn files() -> &'static str {
    "files"
}
