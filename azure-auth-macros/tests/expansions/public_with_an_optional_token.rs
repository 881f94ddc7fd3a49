#[azure_auth::public]
#[handler]
fn home(_: Option<Token<graph::UserRead>>) -> &'static str {
    "home"
}
