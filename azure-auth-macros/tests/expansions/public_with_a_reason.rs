#[azure_auth::public(reason = "the start page")]
#[handler]
fn home(user: Option<User>) -> Html<String> {
    page(user)
}
