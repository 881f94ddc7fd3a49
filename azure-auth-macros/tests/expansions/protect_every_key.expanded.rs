#[automatically_derived]
impl ::azure_auth::__private::Declared for files {
    const DECLARATION: ::azure_auth::__private::Declaration = ::azure_auth::__private::Declaration::protected(
            ::core::concat!(::core::module_path!(), "::files"),
        )
        .openid_scopes(&["openid"])
        .scopes(const { &["Files.Read"] })
        .roles(::azure_auth::__private::Choice::Any(const { &["Admin", "Writer"] }))
        .groups(
            ::azure_auth::__private::Choice::All(const {
                &[
                    ::azure_auth::__private::Guid::from_u128(
                        22685491175599013426076711896427405858u128,
                    ),
                ]
            }),
        )
        .tenants(const {
            &[
                ::azure_auth::__private::Guid::from_u128(
                    68056473421160386885958118738187535428u128,
                ),
            ]
        })
        .via(::azure_auth::__private::Via::Bearer)
        .allow(const {
            &::azure_auth::__private::Policy::Any(
                &[
                    ::azure_auth::__private::Policy::All(
                        &[
                            ::azure_auth::__private::Policy::User,
                            ::azure_auth::__private::Policy::Not(
                                &::azure_auth::__private::Policy::Role("Guest"),
                            ),
                        ],
                    ),
                    ::azure_auth::__private::Policy::All(
                        &[
                            ::azure_auth::__private::Policy::ApplicationRole("Jobs.Run"),
                            ::azure_auth::__private::Policy::Not(
                                &::azure_auth::__private::Policy::Tenant(
                                    ::azure_auth::__private::Guid::from_u128(
                                        113427455666721760345839525579947664998u128,
                                    ),
                                ),
                            ),
                        ],
                    ),
                ],
            )
        })
        .check("office_hours");
    type Handler = Self;
    const CHECK: ::core::option::Option<::azure_auth::__private::Check> = ::core::option::Option::Some(|
        __principal,
        __request|
    ::azure_auth::__private::check_outcome(office_hours(__principal, __request)));
}
#[handler]
fn files(_: ::azure_auth::__private::Guarded<files>) -> &'static str {
    "files"
}
