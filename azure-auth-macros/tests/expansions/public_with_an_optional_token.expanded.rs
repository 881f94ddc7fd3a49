#[automatically_derived]
impl ::azure_auth::__private::Declared for home {
    const DECLARATION: ::azure_auth::__private::Declaration = ::azure_auth::__private::Declaration::public(
            ::core::concat!(::core::module_path!(), "::home"),
        )
        .downstream(const {
            use ::azure_auth::__private::AnyExtractor as _;
            &[::azure_auth::__private::Extractor::<Option<Token<graph::UserRead>>>::NEED]
        });
    type Handler = Self;
}
const _: () = {
    use ::azure_auth::__private::AnyExtractor as _;
    ::azure_auth::__private::judge_token(
        &<home as ::azure_auth::__private::Declared>::DECLARATION,
        &::azure_auth::__private::Extractor::<Option<Token<graph::UserRead>>>::NEED,
    )
};
#[handler]
fn home(
    _: ::azure_auth::__private::Opened,
    _: Option<Token<graph::UserRead>>,
) -> &'static str {
    "home"
}
