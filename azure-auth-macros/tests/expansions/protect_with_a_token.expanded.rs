#[automatically_derived]
impl ::azure_auth::__private::Declared for mail {
    const DECLARATION: ::azure_auth::__private::Declaration = ::azure_auth::__private::Declaration::protected(
            ::core::concat!(::core::module_path!(), "::mail"),
        )
        .downstream(const {
            use ::azure_auth::__private::AnyExtractor as _;
            &[
                ::azure_auth::__private::Extractor::<Token<graph::MailRead>>::NEED,
                ::azure_auth::__private::Extractor::<String>::NEED,
            ]
        });
    type Handler = Self;
}
const _: () = {
    use ::azure_auth::__private::AnyExtractor as _;
    ::azure_auth::__private::judge_token(
        &<mail as ::azure_auth::__private::Declared>::DECLARATION,
        &::azure_auth::__private::Extractor::<Token<graph::MailRead>>::NEED,
    )
};
#[handler]
fn mail(
    _: ::azure_auth::__private::Guarded<mail>,
    _: Token<graph::MailRead>,
    page: String,
) -> String {
    page
}
