#[azure_auth::public]
#[handler]
fn echo(text: String) -> String {
    text
}
