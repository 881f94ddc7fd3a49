#[automatically_derived]
impl ::azure_auth::__private::Declared for files {
    const DECLARATION: ::azure_auth::__private::Declaration = ::azure_auth::__private::Declaration::protected(
            ::core::concat!(::core::module_path!(), "::files"),
        )
        .roles(::azure_auth::__private::Choice::All(const { &["Admin"] }))
        .downstream(const {
            use ::azure_auth::__private::AnyExtractor as _;
            &[
                ::azure_auth::__private::Extractor::<Has<Admin>>::NEED,
                ::azure_auth::__private::Extractor::<String>::NEED,
            ]
        });
    type Handler = Self;
}
const _: () = {
    use ::azure_auth::__private::AnyExtractor as _;
    ::azure_auth::__private::refuse_if(
        !<files as ::azure_auth::__private::Declared>::DECLARATION
            .implies(&::azure_auth::__private::Extractor::<Has<Admin>>::FACT),
        "the handler takes `Has<Admin>`, but `#[protect]` admits callers without it\nhelp: ask for it in `roles`, `scopes`, `groups` or `allow`, and in `application_roles` where applications are admitted",
    )
};
#[handler]
fn files(
    _: ::azure_auth::__private::Guarded<files>,
    admin: Has<Admin>,
    name: String,
) -> &'static str {
    "files"
}
