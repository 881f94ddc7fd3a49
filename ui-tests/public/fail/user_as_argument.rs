use azure_auth::User;
use poem::handler;

#[azure_auth::public]
#[handler]
fn home(user: User) -> String {
    user.display_name().to_owned()
}

fn main() {}
