//! The example, its local Entra ID, and what it says of a failure.

use std::path::Path;
use std::sync::atomic::{AtomicUsize, Ordering};

use azure_auth_emulator::{Emulator, EmulatorBuilder};
use azure_auth_tests::program::Program;

#[allow(dead_code, reason = "parts of the tests come one after the other")]
pub(crate) struct Hybrid {
    pub(crate) emulator: Emulator,
    pub(crate) program: Program,
}

#[allow(dead_code, reason = "parts of the tests come one after the other")]
impl Hybrid {
    /// The example at a local Entra ID, with these variables in place of the emulator's own, or beside them.
    pub(crate) async fn with<const N: usize>(variables: [(&str, &str); N]) -> Self {
        Self::at(Emulator::builder(), variables).await
    }

    pub(crate) async fn at<const N: usize>(emulator: EmulatorBuilder, variables: [(&str, &str); N]) -> Self {
        static COUNT: AtomicUsize = AtomicUsize::new(0);
        let emulator = emulator.start().await.unwrap();
        let mut environment: Vec<(String, String)> = emulator.env();
        for (name, value) in variables {
            environment.retain(|(known, _)| known != name);
            environment.push((name.to_owned(), value.to_owned()));
        }
        let log = format!("explained-{}-{}.log", std::process::id(), COUNT.fetch_add(1, Ordering::Relaxed));
        let program = Program::start("hybrid", &environment, &Path::new(env!("CARGO_TARGET_TMPDIR")).join(log));
        Self { emulator, program }
    }

    /// The log without colours.
    pub(crate) fn log(&self) -> String {
        let log = self.program.log();
        let mut plain = String::with_capacity(log.len());
        let mut rest = log.as_str();
        while let Some((before, after)) = rest.split_once('\u{1b}') {
            plain.push_str(before);
            rest = after.split_once('m').map_or("", |(_, rest)| rest);
        }
        plain + rest
    }

    /// The one line of the log that has all of these words.
    pub(crate) fn line(&self, words: &[&str]) -> String {
        let log = self.log();
        let mut lines = log.lines().filter(|line| words.iter().all(|word| line.contains(word)));
        let line = lines.next().unwrap_or_else(|| panic!("no line of the log has {words:?}:\n{log}"));
        assert_eq!(lines.next(), None, "a second line has {words:?}");
        line.to_owned()
    }
}
