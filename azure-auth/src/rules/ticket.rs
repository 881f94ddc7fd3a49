//! Tickets of sessions that are kept on the server: what the browser holds, and under what a store finds it.

use aws_lc_rs::digest::{Context, SHA256};
use base64::Engine;
use base64::engine::general_purpose::URL_SAFE_NO_PAD;

/// Bytes of a ticket that nobody can guess.
pub(crate) const TICKET_BYTES: usize = 32;

/// Characters of a ticket: base64url of its bytes.
const TICKET_LENGTH: usize = 43;

/// Under what a store keeps a session: a hash of the cookie's name and the ticket. Whoever reads a store finds no
/// ticket in it.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub(crate) struct TicketHash(pub(crate) [u8; 32]);

/// A ticket from random bytes.
pub(crate) fn ticket(random: [u8; TICKET_BYTES]) -> String {
    URL_SAFE_NO_PAD.encode(random)
}

/// The hash of what came in a cookie; `None` for what cannot be a ticket.
pub(crate) fn hash(name: &str, ticket: &str) -> Option<TicketHash> {
    if ticket.len() != TICKET_LENGTH {
        return None;
    }
    let mut context = Context::new(&SHA256);
    // No name of a cookie holds a zero byte, so no two pairs of name and ticket are hashed alike.
    for part in [name.as_bytes(), b"\0", ticket.as_bytes()] {
        context.update(part);
    }
    context.finish().as_ref().try_into().map(TicketHash).ok()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn every_bit_of_a_ticket_and_its_name_matter() {
        let text = ticket([7; TICKET_BYTES]);
        let known = hash("name", &text).unwrap();
        assert_eq!(hash("name", &text), Some(known));
        assert_ne!(hash("other", &text), Some(known));
        for position in 0..text.len() {
            let mut changed = text.clone().into_bytes();
            changed[position] = if changed[position] == b'A' { b'B' } else { b'A' };
            assert_ne!(hash("name", std::str::from_utf8(&changed).unwrap()), Some(known), "byte {position}");
        }
        assert_eq!(hash("name", &text[1..]), None);
        assert_eq!(hash("name", &format!("{text}=")), None);
    }
}
