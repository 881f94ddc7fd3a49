use poem::handler;

azure_auth::app! {
    roles: { Writer, Admin },
    policies: { Editor = role(Writer) || role(Admin) },
}

#[azure_auth::protect(allow = "Editor")]
#[handler]
fn pages() -> &'static str {
    "pages"
}

fn main() {}
