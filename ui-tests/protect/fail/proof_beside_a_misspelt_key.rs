use azure_auth::Has;
use poem::handler;

azure_auth::app! { roles: { Admin } }

#[azure_auth::protect(roels = Admin)]
#[handler]
fn files(_: Has<Admin>) -> &'static str {
    "files"
}

fn main() {}
