//! What is logged while a test runs.

use std::cell::RefCell;
use std::io::{self, Write};
use std::sync::{Arc, Mutex, Once, PoisonError};

use tracing::Level;
use tracing::subscriber::DefaultGuard;

thread_local! {
    static LISTENING: RefCell<Option<Log>> = const { RefCell::new(None) };
}

/// Everything that is logged on this thread; the runtime of a test has no other.
#[derive(Clone, Default)]
pub struct Log(Arc<Mutex<Vec<u8>>>);

/// Listens until it is dropped.
#[must_use]
pub struct Listening(());

/// Has every thread of this program log, to whoever listens there. A line that is first reached where nothing logs may be
/// taken for one that nobody ever wants, so that this goes before everything else in each test of a program.
pub fn install() {
    static INSTALLED: Once = Once::new();
    INSTALLED.call_once(|| {
        let subscriber = tracing_subscriber::fmt().with_max_level(Level::INFO).with_ansi(false).with_writer(|| Here);
        tracing::subscriber::set_global_default(subscriber.finish()).expect("no other subscriber");
    });
}

impl Log {
    /// Listens on this thread.
    pub fn begin() -> (Self, Listening) {
        install();
        let log = Self::default();
        LISTENING.set(Some(log.clone()));
        (log, Listening(()))
    }

    /// Hears everything on this thread, down to the finest.
    pub fn of_everything() -> (Self, DefaultGuard) {
        let log = Self::default();
        let heard = log.clone();
        let subscriber = tracing_subscriber::fmt().with_max_level(Level::TRACE).with_ansi(false);
        let subscriber = subscriber.with_writer(move || heard.clone()).finish();
        (log, tracing::subscriber::set_default(subscriber))
    }

    /// All of it so far.
    pub fn text(&self) -> String {
        String::from_utf8(self.0.lock().unwrap_or_else(PoisonError::into_inner).clone()).unwrap()
    }

    /// The lines so far that hold these words.
    pub fn lines(&self, words: &str) -> Vec<String> {
        self.lines_of(&[words])
    }

    /// The lines so far that hold all of these words.
    pub fn lines_of(&self, words: &[&str]) -> Vec<String> {
        let text = self.text();
        text.lines().filter(|line| words.iter().all(|word| line.contains(word))).map(ToOwned::to_owned).collect()
    }
}

impl Write for Log {
    fn write(&mut self, bytes: &[u8]) -> io::Result<usize> {
        self.0.lock().unwrap_or_else(PoisonError::into_inner).write(bytes)
    }

    fn flush(&mut self) -> io::Result<()> {
        Ok(())
    }
}

impl Drop for Listening {
    fn drop(&mut self) {
        LISTENING.set(None);
    }
}

/// Whoever listens on the thread that logs.
struct Here;

impl Write for Here {
    fn write(&mut self, bytes: &[u8]) -> io::Result<usize> {
        LISTENING.with_borrow(|log| {
            if let Some(Log(heard)) = log {
                heard.lock().unwrap_or_else(PoisonError::into_inner).extend_from_slice(bytes);
            }
        });
        Ok(bytes.len())
    }

    fn flush(&mut self) -> io::Result<()> {
        Ok(())
    }
}
