use azure_auth::{Checked, Principal, Refusal};
use poem::{Request, handler};

struct Ticket;

fn load(_: &Principal, _: &Request) -> Result<Ticket, Refusal> {
    Ok(Ticket)
}

#[azure_auth::protect(check = load)]
#[handler]
fn ticket(_: Checked<Ticket>, _: Checked<u32>) -> &'static str {
    "a ticket"
}

fn main() {}
