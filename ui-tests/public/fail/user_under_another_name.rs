use azure_auth::User as Visitor;
use poem::handler;

#[azure_auth::public]
#[handler]
fn home(user: Visitor) -> String {
    user.display_name().to_owned()
}

fn main() {}
