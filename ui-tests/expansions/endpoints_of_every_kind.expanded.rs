fn endpoints() -> Endpoints {
    {
        let mut __table = ::azure_auth::__private::Table::new();
        let __endpoint = get(
            ::azure_auth::__private::Declared::listed(home, __table.at("GET")),
        );
        __table.row("/", __endpoint);
        let __endpoint = get(
                ::azure_auth::__private::Declared::listed(files, __table.at("GET")),
            )
            .post(
                ::azure_auth::__private::Declared::listed(write_file, __table.at("POST"))
                    .with(SizeLimit::new(1 << 20)),
            )
            .with(Tracing);
        __table.row("/files", __endpoint);
        __table
            .nest(
                "/admin",
                ::azure_auth::__private::Nested::into_endpoints(admin::endpoints()),
            );
        __table.public("/static", StaticFilesEndpoint::new("static"), "assets");
        __table.finish()
    }
}
