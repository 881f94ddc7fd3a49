use poem::handler;

#[azure_auth::public]
#[handler]
fn home(user: Visitor) -> String {
    user.display_name().to_owned()
}

type Visitor = azure_auth::User;

fn main() {}
