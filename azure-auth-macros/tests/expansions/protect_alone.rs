/// The files of the caller.
#[azure_auth::protect]
#[handler]
pub(crate) async fn files(user: User) -> Result<String> {
    user.files().await
}
