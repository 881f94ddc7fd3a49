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

/// Bytes of a ticket that nobody can guess, where the rest names marks.
#[cfg(feature = "redis")]
pub(crate) const RANDOM_BYTES: usize = 16;

/// Names what sessions end with, a person or a session at the provider, by a hash.
#[cfg(feature = "redis")]
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub(crate) struct MarkName(pub(crate) [u8; 8]);

/// A ticket that says with which marks its session ends, so that one question finds all of them. Changed, it finds
/// nothing, for the whole of it is hashed.
#[cfg(feature = "redis")]
pub(crate) fn marked(random: [u8; RANDOM_BYTES], [person, provider]: [MarkName; 2]) -> String {
    let mut bytes = [0; TICKET_BYTES];
    bytes[..RANDOM_BYTES].copy_from_slice(&random);
    bytes[RANDOM_BYTES..RANDOM_BYTES + 8].copy_from_slice(&person.0);
    bytes[RANDOM_BYTES + 8..].copy_from_slice(&provider.0);
    ticket(bytes)
}

/// The marks that a ticket of [`marked`] names.
#[cfg(feature = "redis")]
pub(crate) fn marks(ticket: [u8; TICKET_BYTES]) -> [MarkName; 2] {
    let name = |at: usize| MarkName(std::array::from_fn(|offset| ticket[at + offset]));
    [name(RANDOM_BYTES), name(RANDOM_BYTES + 8)]
}

/// A ticket from random bytes.
pub(crate) fn ticket(random: [u8; TICKET_BYTES]) -> String {
    URL_SAFE_NO_PAD.encode(random)
}

/// The hash of what came in a cookie; `None` for what cannot be a ticket.
pub(crate) fn hash(name: &str, ticket: &str) -> Option<TicketHash> {
    read(name, ticket).map(|(hash, _)| hash)
}

/// The same, and the bytes of the ticket. Nobody has proven them before something is found under the hash.
pub(crate) fn read(name: &str, ticket: &str) -> Option<(TicketHash, [u8; TICKET_BYTES])> {
    // Room for the bytes and for what a longer text decodes to, which is not a ticket.
    let mut bytes = [0; TICKET_BYTES + 3];
    let length = URL_SAFE_NO_PAD.decode_slice(ticket, &mut bytes).ok()?;
    if length != TICKET_BYTES {
        return None;
    }
    // The bytes have one length, so no two pairs of ticket and name are hashed alike. Without the prefix, which says
    // nothing that the hash in the name does not say, both fit into one block.
    let name = name.strip_prefix("__Host-").unwrap_or(name);
    let ticket = *bytes.first_chunk()?;
    let mut pair = [0; 128];
    let length = TICKET_BYTES + name.len();
    let hash = if let Some(pair) = pair.get_mut(..length) {
        pair[..TICKET_BYTES].copy_from_slice(&ticket);
        pair[TICKET_BYTES..].copy_from_slice(name.as_bytes());
        digest(&SHA256, pair)
    } else {
        digest(&SHA256, &[&ticket, name.as_bytes()].concat())
    };
    Some((TicketHash(hash.as_ref().try_into().ok()?), ticket))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[cfg(feature = "redis")]
    #[test]
    fn a_ticket_names_its_marks_and_hides_as_many_bits_as_nobody_guesses() {
        let both = [MarkName([1; 8]), MarkName([2; 8])];
        let (_, bytes) = read("name", &marked([7; RANDOM_BYTES], both)).unwrap();
        assert_eq!(marks(bytes), both);
        assert_eq!(bytes[..16], [7; 16], "128 bits");
    }

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
