#[azure_auth::protect(
    scopes = all("openid", FilesRead),
    roles = any(Admin, "Writer"),
    groups = Staff,
    allow = !group(crate::vocabulary::Board) || application_role(JobsRun)
)]
#[handler]
fn files() -> &'static str {
    "files"
}
