//! Tickets of sessions that are kept on the server: what the browser holds, and under what a store finds it.

use aws_lc_rs::digest::{SHA256, digest};
use base64::Engine;
use base64::engine::general_purpose::URL_SAFE_NO_PAD;

/// Bytes of a ticket that nobody can guess.
pub(crate) const TICKET_BYTES: usize = 32;

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
    // Room for the bytes and for what a longer text decodes to, which is no ticket.
    let mut bytes = [0; TICKET_BYTES + 3];
    let length = URL_SAFE_NO_PAD.decode_slice(ticket, &mut bytes).ok()?;
    if length != TICKET_BYTES {
        return None;
    }
    // The bytes have one length, so no two pairs of ticket and name are hashed alike. Without the prefix, which says
    // nothing that the hash in the name does not say, both fit into one block.
    let name = name.strip_prefix("__Host-").unwrap_or(name);
    let pair = [&bytes[..TICKET_BYTES], name.as_bytes()].concat();
    digest(&SHA256, &pair).as_ref().try_into().map(TicketHash).ok()
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
