use azure_auth::Has;
use poem::handler;

azure_auth::app! { roles: { Admin } }

#[azure_auth::protect(roles = Admin)]
#[handler]
fn files(_: Has<(Admin, String)>) -> &'static str {
    "files"
}

fn main() {}
