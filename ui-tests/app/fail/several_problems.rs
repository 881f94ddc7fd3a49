use poem::handler;

azure_auth::app! {
    roles: { Admin("Ad min"), Writer = "" },
    scope: { FilesRead("Files.Read") },
    groups: { Staff("staff"), Staff("11111111-aaaa-4bbb-8ccc-222222222222") },
}

#[azure_auth::protect(roles = any(Admin, Writer), groups = Staff)]
#[handler]
fn files() -> &'static str {
    "files"
}

fn main() {}
