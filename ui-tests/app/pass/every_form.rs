use poem::{get, handler};

mod vocabulary {
    azure_auth::app! {
        roles: {
            Admin = "Can administer a TenantName",
            Writer("Tasks.Write") = "Can write tasks",
            Reader("Tasks.Read"),
            Job("Jobs.Run"),
        },
        scopes: {
            FilesRead("Files.Read") = "Read files",
            FilesWrite("Files.ReadWrite"),
            // This is a permission of this application, though Microsoft Graph has one of that name too.
            OwnUserRead("User.Read"),
            Profiles,
        },
        groups: {
            Staff("11111111-aaaa-4bbb-8ccc-222222222222") = "Everyone on the payroll",
            Board("33333333-AAAA-4BBB-8CCC-444444444444"),
        },
    }
}
use vocabulary::{Admin, FilesRead, Staff};

#[azure_auth::protect(roles = Admin, scopes = FilesRead, groups = Staff)]
#[handler]
fn one() -> &'static str {
    "one"
}

#[azure_auth::protect(
    roles = any(Admin, crate::vocabulary::Writer, "Owner"),
    scopes = all("openid email", FilesRead, vocabulary::OwnUserRead, "Files.Delete"),
    groups = any(Staff, self::vocabulary::Board, "55555555-aaaa-4bbb-8ccc-666666666666"),
    allow = role(vocabulary::Reader) || application_role(vocabulary::Job) && application_role("Jobs.List") || group(vocabulary::Board) && !scope(FilesRead),
)]
#[handler]
fn many() -> &'static str {
    "many"
}

#[azure_auth::protect(scopes = all(vocabulary::FilesWrite, vocabulary::Profiles))]
#[handler]
fn lists() -> &'static str {
    "lists"
}

fn main() {
    drop(azure_auth::endpoints! { "/one" => get(one), "/many" => get(many), "/lists" => get(lists) });
}
