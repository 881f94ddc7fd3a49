use azure_auth::Checked;
use poem::handler;

struct Ticket;

#[azure_auth::protect(check = "load")]
#[handler]
fn ticket(_: Checked<Ticket>) -> &'static str {
    "a ticket"
}

fn main() {}
