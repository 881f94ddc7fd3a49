use poem::handler;

#[azure_auth::protect(allow = !tenant("11111111-aaaa-4bbb-8ccc-222222222222") || application_role("Jobs.Run"))]
#[handler]
fn files() -> &'static str {
    "files"
}

fn main() {}
