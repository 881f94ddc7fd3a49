#[automatically_derived]
impl ::azure_auth::__private::Declared for invoices {
    const DECLARATION: ::azure_auth::__private::Declaration = ::azure_auth::__private::Declaration::protected(
            ::core::concat!(::core::module_path!(), "::invoices"),
        )
        .roles(::azure_auth::__private::Choice::All(const { &["Billing.Read"] }))
        .via(::azure_auth::__private::Via::Session)
        .downstream(const {
            use ::azure_auth::__private::AnyExtractor as _;
            &[::azure_auth::__private::Extractor::<Path<u32>>::NEED]
        });
    type Handler = Self;
}
#[handler]
async fn invoices(
    _: ::azure_auth::__private::Guarded<invoices>,
    Path(id): Path<u32>,
) -> Json<Vec<Invoice>> {
    Json(Invoice::of(id).await)
}
