//! What is kept beside one session of this process.

use secrecy::{ExposeSecret, SecretSlice};

use super::Beside;

/// The slots of a session. They are few, for a program has few APIs that it calls: nothing but a list.
#[derive(Debug, Default)]
pub(crate) struct Slots(Vec<Slot>);

#[derive(Debug)]
struct Slot {
    name: Box<str>,
    version: u64,
    content: SecretSlice<u8>,
}

/// What a slot takes beside its name and content: its place in the list, the allocations behind it. A test measures it.
const OVERHEAD: usize = 96;

impl Slots {
    pub(crate) fn load(&self, name: &str) -> Beside {
        self.find(name).map_or_else(Beside::default, |slot| Beside {
            content: Some(slot.content.expose_secret().to_vec()),
            version: slot.version,
        })
    }

    /// Zero where there is none of that name.
    pub(crate) fn version(&self, name: &str) -> u64 {
        self.find(name).map_or(0, |slot| slot.version)
    }

    pub(crate) fn put(&mut self, name: &str, content: Vec<u8>) {
        let content = content.into();
        if let Some(slot) = self.0.iter_mut().find(|slot| *slot.name == *name) {
            slot.version += 1;
            slot.content = content;
            return;
        }
        self.0.reserve_exact(1);
        self.0.push(Slot { name: name.into(), version: 1, content });
    }

    pub(crate) fn bytes(&self) -> usize {
        self.0.iter().map(Slot::bytes).sum()
    }

    /// The same if so many bytes were put into a slot.
    pub(crate) fn bytes_with(&self, name: &str, length: usize) -> usize {
        let before = self.find(name).map_or(0, Slot::bytes);
        self.bytes() - before + bytes(name, length)
    }

    fn find(&self, name: &str) -> Option<&Slot> {
        self.0.iter().find(|slot| *slot.name == *name)
    }
}

impl Slot {
    fn bytes(&self) -> usize {
        bytes(&self.name, self.content.expose_secret().len())
    }
}

fn bytes(name: &str, length: usize) -> usize {
    name.len() + length + OVERHEAD
}

#[cfg(test)]
mod tests {
    use allocation_counter::measure;

    use super::*;

    #[test]
    fn a_slot_takes_what_is_counted_for_it() {
        let mut slots = Slots::default();
        let held = measure(|| {
            for number in 0..10 {
                let (name, content) = (format!("slot {number}"), vec![7; 100 * number]);
                let expected = slots.bytes_with(&name, content.len());
                slots.put(&name, content);
                assert_eq!(slots.bytes(), expected);
            }
            slots.put("slot 3", vec![8; 5]);
        })
        .bytes_current;
        assert!(usize::try_from(held).unwrap() <= slots.bytes(), "{held} bytes, counted as {}", slots.bytes());
        assert_eq!(slots.load("slot 3"), Beside { content: Some(vec![8; 5]), version: 2 });
    }

    #[test]
    fn what_a_slot_holds_never_prints() {
        let mut slots = Slots::default();
        slots.put("a", b"word".to_vec());
        let shown = format!("{slots:?}");
        assert!(!shown.contains("word") && !shown.contains("119"), "{shown}");
    }
}
