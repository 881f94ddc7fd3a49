use azure_auth::Checked;

struct Ticket;

fn main() {
    let _ = Checked(Ticket);
}
