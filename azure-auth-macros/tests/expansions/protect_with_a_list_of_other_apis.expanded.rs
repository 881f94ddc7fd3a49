#[automatically_derived]
impl ::azure_auth::__private::Declared for mail {
    const DECLARATION: ::azure_auth::__private::Declaration = ::azure_auth::__private::Declaration::protected(
            ::core::concat!(::core::module_path!(), "::mail"),
        )
        .downstream(const {
            &[
                ::azure_auth::__private::Need::Person {
                    permissions: &[
                        ::azure_auth::__private::Permission::of_graph(
                            "Mail.Read",
                            ::azure_auth::__private::Consent::Person,
                            ::core::option::Option::Some(
                                ::azure_auth::__private::Guid::from_u128(
                                    115655877062461131705128746895400410570u128,
                                ),
                            ),
                        ),
                    ],
                    is_optional: false,
                },
                ::azure_auth::__private::Need::Person {
                    permissions: &[
                        ::azure_auth::__private::Permission::of(
                            "api://orders",
                            "Orders.Read",
                        ),
                    ],
                    is_optional: false,
                },
                ::azure_auth::__private::Need::Person {
                    permissions: &[
                        <<graph::UserRead as ::azure_auth::__private::Item>::Kind as ::azure_auth::__private::DelegatedKind>::PERMISSION,
                    ],
                    is_optional: false,
                },
            ]
        });
    type Handler = Self;
}
const _: () = ::azure_auth::__private::judge_tokens(
    &<mail as ::azure_auth::__private::Declared>::DECLARATION,
    3usize,
);
#[handler]
fn mail(_: ::azure_auth::__private::Guarded<mail>) -> &'static str {
    "mail"
}
