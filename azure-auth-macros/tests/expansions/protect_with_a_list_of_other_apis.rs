#[azure_auth::protect(
    downstream = all("https://graph.microsoft.com/Mail.Read api://orders/Orders.Read", graph::UserRead)
)]
#[handler]
fn mail() -> &'static str {
    "mail"
}
