#[cfg(feature = "files")]
#[automatically_derived]
impl<S: Store> ::azure_auth::__private::Declared for files<S>
where
    S: Send + Sync + 'static,
{
    const DECLARATION: ::azure_auth::__private::Declaration = ::azure_auth::__private::Declaration::protected(
            ::core::concat!(::core::module_path!(), "::files"),
        )
        .openid_scopes(&["openid"])
        .scopes(const { &["Files.Read"] })
        .downstream(const {
            use ::azure_auth::__private::AnyExtractor as _;
            &[::azure_auth::__private::Extractor::<Data<&Arc<S>>>::NEED]
        });
    type Handler = Self;
}
#[cfg(feature = "files")]
#[handler]
fn files<S: Store>(
    _: ::azure_auth::__private::Guarded<files<S>>,
    store: Data<&Arc<S>>,
) -> Json<Vec<File>>
where
    S: Send + Sync + 'static,
{
    Json(store.files())
}
