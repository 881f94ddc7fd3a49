///The app role `Admin`.
#[allow(
    dead_code,
    unreachable_pub,
    clippy::doc_markdown,
    reason = "a vocabulary is of the whole registration"
)]
pub struct Admin;
#[automatically_derived]
impl ::azure_auth::__private::Item for Admin {
    type Kind = ::azure_auth::__private::AppRole<Self>;
    type Value = &'static ::core::primitive::str;
    const VALUE: Self::Value = "Admin";
}
#[automatically_derived]
impl ::core::convert::AsRef<::core::primitive::str> for Admin {
    fn as_ref(&self) -> &::core::primitive::str {
        "Admin"
    }
}
#[automatically_derived]
impl ::core::convert::From<Admin> for ::std::string::String {
    fn from(_: Admin) -> Self {
        <Self as ::core::convert::From<&::core::primitive::str>>::from("Admin")
    }
}
///The app role `Writer`.
#[allow(
    dead_code,
    unreachable_pub,
    clippy::doc_markdown,
    reason = "a vocabulary is of the whole registration"
)]
pub struct Writer;
#[automatically_derived]
impl ::azure_auth::__private::Item for Writer {
    type Kind = ::azure_auth::__private::AppRole<Self>;
    type Value = &'static ::core::primitive::str;
    const VALUE: Self::Value = "Writer";
}
#[automatically_derived]
impl ::core::convert::AsRef<::core::primitive::str> for Writer {
    fn as_ref(&self) -> &::core::primitive::str {
        "Writer"
    }
}
#[automatically_derived]
impl ::core::convert::From<Writer> for ::std::string::String {
    fn from(_: Writer) -> Self {
        <Self as ::core::convert::From<&::core::primitive::str>>::from("Writer")
    }
}
///The policy `role (Writer) || role (Admin)`.
#[allow(
    dead_code,
    unreachable_pub,
    clippy::doc_markdown,
    reason = "a vocabulary is of the whole registration"
)]
pub struct Editor;
#[automatically_derived]
impl ::azure_auth::__private::Item for Editor {
    type Kind = ::azure_auth::__private::NamedPolicy<Self>;
    type Value = ::azure_auth::__private::Policy<'static>;
    const VALUE: Self::Value = ::azure_auth::__private::Policy::Named(
        "Editor",
        const {
            &::azure_auth::__private::Policy::Any(
                &[
                    ::azure_auth::__private::Policy::Role(
                        <<Writer as ::azure_auth::__private::Item>::Kind as ::azure_auth::__private::AppRoleValue>::VALUE,
                    ),
                    ::azure_auth::__private::Policy::Role(
                        <<Admin as ::azure_auth::__private::Item>::Kind as ::azure_auth::__private::AppRoleValue>::VALUE,
                    ),
                ],
            )
        },
    );
}
///The policy `Editor && !group ("11111111-aaaa-4bbb-8ccc-222222222222")`.
#[allow(
    dead_code,
    unreachable_pub,
    clippy::doc_markdown,
    reason = "a vocabulary is of the whole registration"
)]
pub struct Reviewer;
#[automatically_derived]
impl ::azure_auth::__private::Item for Reviewer {
    type Kind = ::azure_auth::__private::NamedPolicy<Self>;
    type Value = ::azure_auth::__private::Policy<'static>;
    const VALUE: Self::Value = ::azure_auth::__private::Policy::Named(
        "Reviewer",
        const {
            &::azure_auth::__private::Policy::All(
                &[
                    <<Editor as ::azure_auth::__private::Item>::Kind as ::azure_auth::__private::PolicyValue>::VALUE,
                    ::azure_auth::__private::Policy::Not(
                        &::azure_auth::__private::Policy::Group(
                            ::azure_auth::__private::Guid::from_u128(
                                22685491175599013426076711896427405858u128,
                            ),
                        ),
                    ),
                ],
            )
        },
    );
}
const _: () = ::azure_auth::__private::judge_policy(
    &<Reviewer as ::azure_auth::__private::Item>::VALUE,
);
/// Everything that this vocabulary declares, for `Inspection::vocabulary` of `azure_auth`.
#[allow(
    dead_code,
    unreachable_pub,
    clippy::doc_markdown,
    reason = "a vocabulary is of the whole registration"
)]
pub const VOCABULARY: ::azure_auth::__private::Vocabulary = ::azure_auth::__private::Vocabulary::new(
    &[("Admin", ::core::option::Option::None), ("Writer", ::core::option::Option::None)],
    &[],
    &[],
    &[],
);
