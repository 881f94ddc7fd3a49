use azure_auth::Has;
use poem::{get, handler};

azure_auth::app! {
    roles: { Admin, Writer },
    scopes: { FilesRead("Files.Read") },
    groups: { Staff("11111111-aaaa-4bbb-8ccc-222222222222") },
}

fn delete_everything(_: Has<Admin>) -> &'static str {
    "gone"
}

#[azure_auth::protect(roles = Admin)]
#[handler]
fn by_key(admin: Has<Admin>) -> &'static str {
    delete_everything(admin)
}

#[azure_auth::protect(
    scopes = FilesRead,
    allow = role(Admin) && (role(Writer) && group(Staff) || group(Staff) && role("Owner"))
)]
#[handler]
fn by_policy(admin: azure_auth::Has<(Admin, Staff, FilesRead)>, _: Has<Staff>) -> String {
    format!("{admin:?}")
}

#[azure_auth::protect(roles = any(Admin), application_roles = all(Writer, Admin), via = bearer)]
#[handler]
fn by_applications(admin: Has<Admin>) -> &'static str {
    delete_everything(admin)
}

#[azure_auth::protect(allow = role(Admin) || application_role(Admin))]
#[handler]
fn by_either(admin: Has<Admin>) -> &'static str {
    delete_everything(admin)
}

#[azure_auth::protect]
#[handler]
fn perhaps(admin: Option<Has<Admin>>) -> &'static str {
    admin.map_or("nothing", delete_everything)
}

#[azure_auth::public]
#[handler]
fn open(admin: Option<Has<Admin>>) -> &'static str {
    admin.map_or("nothing", delete_everything)
}

type Administrator = Has<Admin>;

#[azure_auth::protect]
#[handler]
fn at_run_time(admin: Administrator) -> &'static str {
    delete_everything(admin)
}

fn main() {
    drop(azure_auth::endpoints! {
        "/1" => get(by_key).post(by_policy),
        "/2" => get(by_applications).post(by_either),
        "/3" => get(perhaps).post(open).put(at_run_time),
    });
}
