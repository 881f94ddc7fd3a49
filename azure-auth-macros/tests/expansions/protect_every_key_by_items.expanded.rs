#[automatically_derived]
impl ::azure_auth::__private::Declared for files {
    const DECLARATION: ::azure_auth::__private::Declaration = ::azure_auth::__private::Declaration::protected(
            ::core::concat!(::core::module_path!(), "::files"),
        )
        .openid_scopes(&["openid"])
        .scopes(const {
            &[
                <<FilesRead as ::azure_auth::__private::Item>::Kind as ::azure_auth::__private::ScopeValue>::VALUE,
            ]
        })
        .roles(
            ::azure_auth::__private::Choice::Any(const {
                &[
                    <<Admin as ::azure_auth::__private::Item>::Kind as ::azure_auth::__private::AppRoleValue>::VALUE,
                    "Writer",
                ]
            }),
        )
        .groups(
            ::azure_auth::__private::Choice::All(const {
                &[
                    <<Staff as ::azure_auth::__private::Item>::Kind as ::azure_auth::__private::GroupId>::VALUE,
                ]
            }),
        )
        .allow(const {
            &::azure_auth::__private::Policy::Any(
                &[
                    ::azure_auth::__private::Policy::Not(
                        &::azure_auth::__private::Policy::Group(
                            <<crate::vocabulary::Board as ::azure_auth::__private::Item>::Kind as ::azure_auth::__private::GroupId>::VALUE,
                        ),
                    ),
                    ::azure_auth::__private::Policy::ApplicationRole(
                        <<JobsRun as ::azure_auth::__private::Item>::Kind as ::azure_auth::__private::AppRoleValue>::VALUE,
                    ),
                ],
            )
        });
    type Handler = Self;
}
#[handler]
fn files(_: ::azure_auth::__private::Guarded<files>) -> &'static str {
    "files"
}
