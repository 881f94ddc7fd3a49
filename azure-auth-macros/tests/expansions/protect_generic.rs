#[azure_auth::protect(scopes = "openid Files.Read")]
#[cfg(feature = "files")]
#[handler]
fn files<S: Store>(store: Data<&Arc<S>>) -> Json<Vec<File>>
where
    S: Send + Sync + 'static,
{
    Json(store.files())
}
