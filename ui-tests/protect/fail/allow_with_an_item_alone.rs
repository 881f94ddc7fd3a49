use poem::handler;
use vocabulary::{Admin, Writer};

mod vocabulary {
    azure_auth::app! {
        roles: { Admin, Writer("Tasks.Write") },
        scopes: { FilesRead("Files.Read") },
    }
}

#[azure_auth::protect(allow = Admin || role(Writer))]
#[handler]
fn files() -> &'static str {
    "files"
}

fn main() {}
