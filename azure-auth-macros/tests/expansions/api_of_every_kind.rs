#[azure_auth::protect_api]
#[OpenApi(prefix_path = "/v1")]
impl<S: Store> Files<S> {
    /// Whether the service is there
    #[public(reason = "asked by the load balancer")]
    #[oai(path = "/health", method = "get")]
    async fn health(&self) -> PlainText<&'static str> {
        PlainText("ok")
    }

    /// One file
    #[protect(scopes = "Files.Read")]
    #[oai(path = "/files/:id", method = "get", method = "head", transform = "limited")]
    async fn read(&self, id: Path<u64>) -> PlainText<String> {
        PlainText(self.store.read(id.0))
    }

    fn store(&self) -> &S {
        &self.store
    }
}
