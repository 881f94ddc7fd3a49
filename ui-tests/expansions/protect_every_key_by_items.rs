#[azure_auth::protect(
    scopes = all("openid", FilesRead),
    roles = any(Admin, "Writer"),
    groups = Staff,
    app_roles = JobsRun,
    allow = !group(crate::vocabulary::Board)
)]
#[handler]
fn files() -> &'static str {
    "files"
}
