use azure_auth::Has;
use poem::handler;

azure_auth::app! { roles: { Admin, Writer } }

#[azure_auth::protect(roles = any(Admin, Writer))]
#[handler]
fn files(_: Has<Admin>) -> &'static str {
    "files"
}

fn main() {}
