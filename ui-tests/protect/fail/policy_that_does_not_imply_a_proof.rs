use poem::handler;

azure_auth::app! {
    roles: { Writer, Admin },
    policies: { Editor = role(Writer) || role(Admin) },
}

#[azure_auth::protect(allow = Editor)]
#[handler]
fn pages(_: azure_auth::Has<Admin>) -> &'static str {
    "pages"
}

fn main() {}
