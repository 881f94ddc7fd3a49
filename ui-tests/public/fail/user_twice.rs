use azure_auth::User;
use poem::handler;

#[azure_auth::public]
#[handler]
fn home(one: User, _: String, other: User) -> String {
    format!("{} {}", one.id(), other.id())
}

fn main() {}
