#[automatically_derived]
impl ::azure_auth::__private::Declared for echo {
    const DECLARATION: ::azure_auth::__private::Declaration = ::azure_auth::__private::Declaration::public(
            ::core::concat!(::core::module_path!(), "::echo"),
        )
        .downstream(const {
            use ::azure_auth::__private::AnyExtractor as _;
            &[::azure_auth::__private::Extractor::<String>::NEED]
        });
    type Handler = Self;
}
const _: () = {
    use ::azure_auth::__private::AnyExtractor as _;
    ::azure_auth::__private::refuse_if(
        ::azure_auth::__private::Extractor::<String>::DEMANDS_CALLER,
        "a public handler cannot take `String`: without a caller it would not run\nhelp: take `Option<String>`, or write `#[azure_auth::protect]`",
    )
};
#[handler]
fn echo(_: ::azure_auth::__private::Opened, text: String) -> String {
    text
}
