use poem::handler;

azure_auth::app! {
    roles: { Writer, Admin },
    policies: { Editor = role(Writer) || role(Admin), Here = tenant("11111111-aaaa-4bbb-8ccc-222222222222") },
}

#[azure_auth::protect(allow = Here || application_role("Jobs"))]
#[handler]
fn pages() -> &'static str {
    "pages"
}

fn main() {}
