///Permissions of the API `api://33333333-cccc-4ddd-8eee-444444444444`.
#[allow(
    dead_code,
    unused_imports,
    unreachable_pub,
    reason = "a vocabulary is of the whole registration"
)]
pub mod orders {
    /// The API itself.
    pub struct Resource;
    #[automatically_derived]
    impl ::azure_auth::__private::ResourceItem for Resource {
        const NAME: ::azure_auth::__private::ResourceName = ::azure_auth::__private::ResourceName::Uri(
            "api://33333333-cccc-4ddd-8eee-444444444444",
        );
    }
    ///Read the person's orders
    ///
    ///The permission `Orders.Read` of this API.
    #[allow(
        dead_code,
        unreachable_pub,
        clippy::doc_markdown,
        reason = "a vocabulary is of the whole registration"
    )]
    pub struct OrdersRead;
    #[automatically_derived]
    impl ::azure_auth::__private::Item for OrdersRead {
        type Kind = ::azure_auth::__private::DelegatedPermission<Self, Resource>;
        type Value = ::azure_auth::__private::Permission;
        const VALUE: Self::Value = ::azure_auth::__private::Permission::of(
            "api://33333333-cccc-4ddd-8eee-444444444444",
            "Orders.Read",
        );
        const DESCRIPTION: ::core::option::Option<&'static ::core::primitive::str> = ::core::option::Option::Some(
            "Read the person's orders",
        );
    }
}
///Permissions of Microsoft Graph.
#[allow(
    dead_code,
    unused_imports,
    unreachable_pub,
    reason = "a vocabulary is of the whole registration"
)]
pub mod graph_new {
    pub use ::azure_auth::__private::GraphResource as Resource;
    ///The permission `Books.Read` of this API.
    #[allow(
        dead_code,
        unreachable_pub,
        clippy::doc_markdown,
        reason = "a vocabulary is of the whole registration"
    )]
    pub struct BooksRead;
    #[automatically_derived]
    impl ::azure_auth::__private::Item for BooksRead {
        type Kind = ::azure_auth::__private::DelegatedPermission<Self, Resource>;
        type Value = ::azure_auth::__private::Permission;
        const VALUE: Self::Value = ::azure_auth::__private::Permission::of_graph(
            "Books.Read",
            ::azure_auth::__private::Consent::Unknown,
            ::core::option::Option::None,
        );
    }
    ///The permission `Mail.Read` of this API, to which the person agrees.
    #[allow(
        dead_code,
        unreachable_pub,
        clippy::doc_markdown,
        reason = "a vocabulary is of the whole registration"
    )]
    pub struct MailRead;
    #[automatically_derived]
    impl ::azure_auth::__private::Item for MailRead {
        type Kind = ::azure_auth::__private::DelegatedPermission<Self, Resource>;
        type Value = ::azure_auth::__private::Permission;
        const VALUE: Self::Value = ::azure_auth::__private::Permission::of_graph(
            "Mail.Read",
            ::azure_auth::__private::Consent::Person,
            ::core::option::Option::Some(
                ::azure_auth::__private::Guid::from_u128(
                    115655877062461131705128746895400410570u128,
                ),
            ),
        );
    }
}
/// Everything that this vocabulary declares, for `Inspection::vocabulary` of `azure_auth`.
#[allow(
    dead_code,
    unreachable_pub,
    clippy::doc_markdown,
    reason = "a vocabulary is of the whole registration"
)]
pub const VOCABULARY: ::azure_auth::__private::Vocabulary = ::azure_auth::__private::Vocabulary::new(
    &[],
    &[],
    &[],
    &[
        ::azure_auth::__private::VocabularyApi::new(
            "orders",
            ::azure_auth::__private::ResourceName::Uri(
                "api://33333333-cccc-4ddd-8eee-444444444444",
            ),
            &[
                (
                    ::azure_auth::__private::Permission::of(
                        "api://33333333-cccc-4ddd-8eee-444444444444",
                        "Orders.Read",
                    ),
                    ::core::option::Option::Some("Read the person's orders"),
                ),
            ],
        ),
        ::azure_auth::__private::VocabularyApi::new(
            "graph_new",
            ::azure_auth::__private::ResourceName::Graph,
            &[
                (
                    ::azure_auth::__private::Permission::of_graph(
                        "Books.Read",
                        ::azure_auth::__private::Consent::Unknown,
                        ::core::option::Option::None,
                    ),
                    ::core::option::Option::None,
                ),
                (
                    ::azure_auth::__private::Permission::of_graph(
                        "Mail.Read",
                        ::azure_auth::__private::Consent::Person,
                        ::core::option::Option::Some(
                            ::azure_auth::__private::Guid::from_u128(
                                115655877062461131705128746895400410570u128,
                            ),
                        ),
                    ),
                    ::core::option::Option::None,
                ),
            ],
        ),
    ],
);
