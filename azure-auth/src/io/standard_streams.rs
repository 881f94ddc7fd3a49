//! What a program reads from its standard input, and says on its standard output.

use std::io::{self, Read, Write};

/// Says something to whoever asked. Nobody may be listening any more.
pub(crate) fn say(text: &str) {
    let mut output = io::stdout().lock();
    let _ = output.write_all(text.as_bytes()).and_then(|()| output.flush());
}

/// The same to whoever runs the program.
pub(crate) fn complain(text: &str) {
    let _ = writeln!(io::stderr().lock(), "{text}");
}

/// Everything on standard input, of which there may be `limit` bytes; None where there is more, or it is not text.
pub(crate) fn read(limit: u64) -> Option<String> {
    let mut text = String::new();
    let length = io::stdin().lock().take(limit + 1).read_to_string(&mut text).ok()?;
    (u64::try_from(length).ok()? <= limit).then_some(text)
}
