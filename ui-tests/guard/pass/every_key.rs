use azure_auth::{Principal, Refusal};
use poem::endpoint::make_sync;
use poem::{EndpointExt, Request};

azure_auth::app! {
    roles: { Admin, Auditor("Reports.Audit") },
    scopes: { FilesRead("Files.Read") },
    groups: { Staff("11111111-aaaa-4bbb-8ccc-222222222222") },
}

mod hours {
    pub(super) async fn office(_: &super::Principal, _: &super::Request) -> Result<(), super::Refusal> {
        std::future::ready(Ok(())).await
    }
}

fn main() {
    let guard = azure_auth::guard!(
        scopes = all("openid", FilesRead),
        roles = any(Admin, "Writer"),
        groups = Staff,
        tenants = any("55555555-aaaa-4bbb-8ccc-666666666666", "77777777-aaaa-4bbb-8ccc-888888888888"),
        via = bearer,
        allow = user() && !role("Guest") || application_role(Auditor),
        check = hours::office,
    );
    let applications = azure_auth::guard!(application_roles = all(Auditor, "Jobs.Run"));
    drop(make_sync(|_| "hello").with(guard).with(applications));
}
