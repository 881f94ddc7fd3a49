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
///Can write tasks
///
///The app role `Tasks.Write`.
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
    const VALUE: Self::Value = "Tasks.Write";
    const DESCRIPTION: ::core::option::Option<&'static ::core::primitive::str> = ::core::option::Option::Some(
        "Can write tasks",
    );
}
#[automatically_derived]
impl ::core::convert::AsRef<::core::primitive::str> for Writer {
    fn as_ref(&self) -> &::core::primitive::str {
        "Tasks.Write"
    }
}
#[automatically_derived]
impl ::core::convert::From<Writer> for ::std::string::String {
    fn from(_: Writer) -> Self {
        <Self as ::core::convert::From<&::core::primitive::str>>::from("Tasks.Write")
    }
}
///The scope `Files.Read`.
#[allow(
    dead_code,
    unreachable_pub,
    clippy::doc_markdown,
    reason = "a vocabulary is of the whole registration"
)]
pub struct FilesRead;
#[automatically_derived]
impl ::azure_auth::__private::Item for FilesRead {
    type Kind = ::azure_auth::__private::Scope<Self>;
    type Value = &'static ::core::primitive::str;
    const VALUE: Self::Value = "Files.Read";
}
#[automatically_derived]
impl ::core::convert::AsRef<::core::primitive::str> for FilesRead {
    fn as_ref(&self) -> &::core::primitive::str {
        "Files.Read"
    }
}
#[automatically_derived]
impl ::core::convert::From<FilesRead> for ::std::string::String {
    fn from(_: FilesRead) -> Self {
        <Self as ::core::convert::From<&::core::primitive::str>>::from("Files.Read")
    }
}
///The group `11111111-aaaa-4bbb-8ccc-222222222222`.
#[allow(
    dead_code,
    unreachable_pub,
    clippy::doc_markdown,
    reason = "a vocabulary is of the whole registration"
)]
pub struct Staff;
#[automatically_derived]
impl ::azure_auth::__private::Item for Staff {
    type Kind = ::azure_auth::__private::Group<Self>;
    type Value = ::azure_auth::__private::Guid;
    const VALUE: Self::Value = ::azure_auth::__private::Guid::from_u128(
        22685491175599013426076711896427405858u128,
    );
}
#[automatically_derived]
impl ::core::convert::From<Staff> for ::azure_auth::__private::Guid {
    fn from(_: Staff) -> Self {
        <Staff as ::azure_auth::__private::Item>::VALUE
    }
}
#[automatically_derived]
impl ::core::convert::From<Staff> for ::std::string::String {
    fn from(_: Staff) -> Self {
        ::std::string::ToString::to_string(
            &<Staff as ::azure_auth::__private::Item>::VALUE,
        )
    }
}
/// Everything that this vocabulary declares, for `Inspection::vocabulary` of `azure_auth`.
#[allow(
    dead_code,
    unreachable_pub,
    clippy::doc_markdown,
    reason = "a vocabulary is of the whole registration"
)]
pub const VOCABULARY: ::azure_auth::__private::Vocabulary = ::azure_auth::__private::Vocabulary::new(
    &[
        ("Admin", ::core::option::Option::None),
        ("Tasks.Write", ::core::option::Option::Some("Can write tasks")),
    ],
    &[("Files.Read", ::core::option::Option::None)],
    &[
        (
            ::azure_auth::__private::Guid::from_u128(
                22685491175599013426076711896427405858u128,
            ),
            ::core::option::Option::None,
        ),
    ],
    &[],
);
