#[automatically_derived]
impl ::azure_auth::__private::Declared for read {
    const DECLARATION: ::azure_auth::__private::Declaration = ::azure_auth::__private::Declaration::protected(
            ::core::concat!(::core::module_path!(), "::read"),
        )
        .check("load")
        .downstream(const {
            use ::azure_auth::__private::AnyExtractor as _;
            &[
                ::azure_auth::__private::Extractor::<String>::NEED,
                ::azure_auth::__private::Extractor::<Checked<Ticket>>::NEED,
            ]
        });
    type Handler = Self;
    const CHECK: ::core::option::Option<::azure_auth::__private::Check> = ::core::option::Option::Some(|
        __principal,
        __request|
    ::azure_auth::__private::check_outcome_giving::<
        Ticket,
        _,
        _,
    >(load(__principal, __request)));
}
#[handler]
fn read(
    ::azure_auth::__private::GuardedWith {
        checked: mut ticket,
        ..
    }: ::azure_auth::__private::GuardedWith<read, Checked<Ticket>>,
    name: String,
) -> &'static str {
    "a ticket"
}
