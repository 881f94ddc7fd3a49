fn endpoints() -> Endpoints {
    {
        let __table = ::azure_auth::__private::Table::new(
            ::core::option_env!("CARGO_PKG_NAME"),
        );
        __table.finish()
    }
}
