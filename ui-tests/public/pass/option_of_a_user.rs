use azure_auth::User;
use poem::{get, handler};

type Visitor = Option<User>;

#[azure_auth::public]
#[handler]
fn home(user: Option<User>) -> String {
    user.map_or_else(String::new, |user| user.display_name().to_owned())
}

#[azure_auth::public()]
#[handler]
async fn aliased(user: Visitor) -> String {
    std::future::ready(user).await.map_or_else(String::new, |user| user.display_name().to_owned())
}

#[azure_auth::public(reason = "it says why nobody is there")]
#[handler]
fn explained(user: poem::Result<User>) -> String {
    user.map_or_else(|error| error.to_string(), |user| user.display_name().to_owned())
}

fn main() {
    drop(azure_auth::endpoints! { "/" => get(home), "/aliased" => get(aliased), "/explained" => get(explained) });
}
