#[automatically_derived]
impl ::azure_auth::__private::Declared for files {
    const DECLARATION: ::azure_auth::__private::Declaration = ::azure_auth::__private::Declaration::protected(
            ::core::concat!(::core::module_path!(), "::files"),
        )
        .downstream(const {
            use ::azure_auth::__private::AnyExtractor as _;
            &[::azure_auth::__private::Extractor::<User>::NEED]
        });
    type Handler = Self;
}
/// The files of the caller.
#[handler]
pub(crate) async fn files(
    _: ::azure_auth::__private::Guarded<files>,
    user: User,
) -> Result<String> {
    user.files().await
}
