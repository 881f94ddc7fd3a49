use azure_auth::{Checked, Principal, Refusal};
use poem::{Request, handler};

struct Ticket;

struct Room;

fn load(_: &Principal, _: &Request) -> Result<Room, Refusal> {
    Ok(Room)
}

#[azure_auth::protect(check = load)]
#[handler]
fn ticket(_: Checked<Ticket>) -> &'static str {
    "a ticket"
}

fn main() {}
