#[azure_auth::protect]
#[handler]
fn mail(_: Token<graph::MailRead>, page: String) -> String {
    page
}
