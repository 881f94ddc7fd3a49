fn endpoints() -> Endpoints {
    azure_auth::endpoints!()
}
