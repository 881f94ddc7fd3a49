use azure_auth::Has;
use poem::handler;

azure_auth::app! { roles: { Admin, JobsRun("Jobs.Run") }, scopes: { FilesRead("Files.Read") } }

#[azure_auth::protect(roles = Admin, application_roles = JobsRun)]
#[handler]
fn files(_: azure_auth::Has<(Admin, FilesRead)>, _: String, _: Has<JobsRun>) -> &'static str {
    "files"
}

fn main() {}
