#[automatically_derived]
impl ::azure_auth::__private::Declared for pages {
    const DECLARATION: ::azure_auth::__private::Declaration = ::azure_auth::__private::Declaration::protected(
            ::core::concat!(::core::module_path!(), "::pages"),
        )
        .allow(const {
            &::azure_auth::__private::Policy::Any(
                &[
                    <<Editor as ::azure_auth::__private::Item>::Kind as ::azure_auth::__private::PolicyValue>::VALUE,
                    ::azure_auth::__private::Policy::Role("Owner"),
                ],
            )
        });
    type Handler = Self;
}
const _: () = ::azure_auth::__private::judge(
    &<pages as ::azure_auth::__private::Declared>::DECLARATION,
);
#[handler]
fn pages(_: ::azure_auth::__private::Guarded<pages>) -> &'static str {
    "pages"
}
