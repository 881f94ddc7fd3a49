use azure_auth::{Checked, Principal, Refusal};
use poem::{Request, handler};

struct Ticket;

async fn office_hours(_: &Principal, _: &Request) -> Result<(), Refusal> {
    Ok(())
}

#[azure_auth::protect(check = office_hours)]
#[handler]
fn ticket(_: Checked<Ticket>) -> &'static str {
    "a ticket"
}

fn main() {}
