use azure_auth::{Token, graph};
use poem::web::Data;
use poem::{get, handler};

#[azure_auth::protect(downstream = graph::MailRead)]
#[handler]
fn mail<S: Clone + Send + Sync + 'static>(_: Token<graph::UserRead>, _: Data<&S>) -> &'static str {
    "mail"
}

#[azure_auth::public]
#[handler]
fn home<S: Clone + Send + Sync + 'static>(_: Option<Token<graph::UserRead>>, _: Data<&S>) -> &'static str {
    "home"
}

fn main() {
    drop(azure_auth::endpoints! { "/mail" => get(mail::<u8>::default()), "/" => get(home::<u8>::default()) });
}
