fn endpoints() -> Endpoints {
    {
        let __table = ::azure_auth::__private::Table::new();
        __table.finish()
    }
}
