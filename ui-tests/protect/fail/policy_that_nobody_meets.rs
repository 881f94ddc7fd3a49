use poem::handler;

azure_auth::app! {
    roles: { Writer, Admin },
    policies: { Editor = role(Writer) || role(Admin) },
}

#[azure_auth::protect(allow = Editor && application_role("Jobs"))]
#[handler]
fn pages() -> &'static str {
    "pages"
}

fn main() {}
