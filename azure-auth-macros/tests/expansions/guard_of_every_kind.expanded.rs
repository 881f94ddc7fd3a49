fn administrators() -> Guard {
    ::azure_auth::__private::guard(
        const {
            &::azure_auth::__private::Declaration::protected(
                    ::core::concat!(::core::module_path!(), "::guard!"),
                )
                .roles(::azure_auth::__private::Choice::All(const { &["Admin"] }))
        },
        ::core::option::Option::None,
    )
}
fn anyone() -> Guard {
    ::azure_auth::__private::guard(
        const {
            &::azure_auth::__private::Declaration::protected(
                ::core::concat!(::core::module_path!(), "::guard!"),
            )
        },
        ::core::option::Option::None,
    )
}
fn auditors() -> Guard {
    ::azure_auth::__private::guard(
        const {
            &::azure_auth::__private::Declaration::protected(
                    ::core::concat!(::core::module_path!(), "::guard!"),
                )
                .openid_scopes(&["openid"])
                .scopes(const { &["Reports.Read"] })
                .groups(
                    ::azure_auth::__private::Choice::Any(const {
                        &[
                            ::azure_auth::__private::Guid::from_u128(
                                22685491175599013426076711896427405858u128,
                            ),
                        ]
                    }),
                )
                .allow(const {
                    &::azure_auth::__private::Policy::Any(
                        &[
                            ::azure_auth::__private::Policy::Role("Auditor"),
                            ::azure_auth::__private::Policy::ApplicationRole("Jobs.Run"),
                        ],
                    )
                })
                .check("office_hours")
        },
        ::core::option::Option::Some(|__principal, __request| ::azure_auth::__private::check_outcome(
            office_hours(__principal, __request),
        )),
    )
}
