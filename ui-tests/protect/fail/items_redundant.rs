use poem::handler;

azure_auth::app! {
    roles: { Admin, Writer("Tasks.Write") },
    scopes: { FilesRead("Files.Read") },
    groups: { Staff("11111111-aaaa-4bbb-8ccc-222222222222") },
}

#[azure_auth::protect(allow = role(Admin) || role(Admin) && group(Staff))]
#[handler]
fn files() -> &'static str {
    "files"
}

fn main() {}
