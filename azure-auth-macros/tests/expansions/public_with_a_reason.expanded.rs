#[automatically_derived]
impl ::azure_auth::__private::Declared for home {
    const DECLARATION: ::azure_auth::__private::Declaration = ::azure_auth::__private::Declaration::public(
            ::core::concat!(::core::module_path!(), "::home"),
        )
        .reason("the start page")
        .downstream(const {
            use ::azure_auth::__private::AnyExtractor as _;
            &[::azure_auth::__private::Extractor::<Option<User>>::NEED]
        });
    type Handler = Self;
}
#[handler]
fn home(_: ::azure_auth::__private::Opened, user: Option<User>) -> Html<String> {
    page(user)
}
