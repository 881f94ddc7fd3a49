use poem::handler;

azure_auth::app! {
    roles: { Writer, Admin },
    policies: { Editor = role(Writer) || role(Admin), Anyone = user() },
}

#[azure_auth::protect(allow = Anyone)]
#[handler]
fn pages() -> &'static str {
    "pages"
}

fn main() {}
