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
