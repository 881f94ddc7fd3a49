use azure_auth::Checked;
use poem::handler;

struct Ticket;

#[azure_auth::public]
#[handler]
fn ticket(_: Checked<Ticket>) -> &'static str {
    "a ticket"
}

fn main() {}
