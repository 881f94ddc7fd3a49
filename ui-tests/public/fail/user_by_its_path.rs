use poem::handler;

#[azure_auth::public]
#[handler]
fn home(user: azure_auth::User) -> String {
    user.display_name().to_owned()
}

fn main() {}
