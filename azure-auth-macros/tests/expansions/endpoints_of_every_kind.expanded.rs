fn endpoints() -> Endpoints {
    {
        let mut __table = ::azure_auth::__private::Table::new(
            ::core::option_env!("CARGO_PKG_NAME"),
        );
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
        __table
            .public(
                "/static",
                {
                    #[allow(unused_imports)]
                    use ::azure_auth::__private::AnyPublicEndpoint as _;
                    ::azure_auth::__private::PublicEndpoint(
                            StaticFilesEndpoint::new("static"),
                        )
                        .open()
                },
                "assets",
            );
        __table
            .protect(
                "/audits",
                StaticFilesEndpoint::new("audits"),
                ::azure_auth::__private::guard(
                    const {
                        &::azure_auth::__private::Declaration::protected("/audits")
                            .roles(
                                ::azure_auth::__private::Choice::All(const { &["Auditor"] }),
                            )
                            .check("office_hours")
                    },
                    ::core::option::Option::Some(|__principal, __request| ::azure_auth::__private::check_outcome(
                        office_hours(__principal, __request),
                    )),
                ),
            );
        __table.finish()
    }
}
