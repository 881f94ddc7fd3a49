#[azure_auth::protect(check = load)]
#[handler]
fn read(name: String, mut ticket: Checked<Ticket>) -> &'static str {
    "a ticket"
}
