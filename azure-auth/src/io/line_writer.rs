//! Lines for a file or a pipe, written by a thread of their own: whoever has one to write never waits for a disk.

use std::collections::VecDeque;
use std::io::{self, Write};
use std::panic::{AssertUnwindSafe, catch_unwind};
use std::sync::{Arc, Condvar, Mutex, MutexGuard, PoisonError};
use std::thread::{self, JoinHandle};

use super::clock;
use super::once_a_minute::OnceAMinute;

/// Takes lines. What finds no room is counted, and a line that says so is put in its place as soon as there is room; so is
/// what could not be written.
pub(crate) struct LineWriter {
    shared: Arc<Shared>,
    /// None when it has ended.
    thread: Option<JoinHandle<()>>,
}

/// The line that stands for so many that are not there.
pub(crate) type LostLine = fn(u64) -> String;

struct Shared {
    state: Mutex<State>,
    changed: Condvar,
    noted: OnceAMinute,
}

struct State {
    entries: VecDeque<Entry>,
    room: usize,
    /// Since the last entry.
    lost: u64,
    is_closed: bool,
}

#[derive(Debug, PartialEq, Eq)]
enum Entry {
    Line(String),
    Lost(u64),
}

enum Next {
    Entry(Entry),
    /// There is nothing at the moment.
    Pause,
    End,
}

impl LineWriter {
    /// Begins its thread.
    pub(crate) fn new(output: impl Write + Send + 'static, room: usize, lost_line: LostLine) -> io::Result<Self> {
        let state = State { entries: VecDeque::new(), room, lost: 0, is_closed: false };
        let shared =
            Arc::new(Shared { state: Mutex::new(state), changed: Condvar::new(), noted: OnceAMinute::default() });
        let sheet = Sheet { output, lost_line, is_torn: false, unwritten: 0 };
        let of_thread = shared.clone();
        let thread = thread::Builder::new().name("audit log".to_owned()).spawn(move || write(&of_thread, sheet))?;
        Ok(Self { shared, thread: Some(thread) })
    }

    /// Room for so many from now on; for one at least.
    pub(crate) fn set_room(&self, room: usize) {
        self.shared.state().room = room.max(1);
    }

    /// Puts a line, which has no end of its own, behind the others; or loses it.
    pub(crate) fn push(&self, line: String) {
        let mut state = self.shared.state();
        if state.entries.len() >= state.room {
            state.lost += 1;
            drop(state);
            self.shared.note_lost();
            return;
        }
        if let Some(lost) = state.take_lost() {
            state.entries.push_back(Entry::Lost(lost));
        }
        state.entries.push_back(Entry::Line(line));
        drop(state);
        self.shared.changed.notify_one();
    }
}

impl Drop for LineWriter {
    /// Waits until everything is written.
    fn drop(&mut self) {
        self.shared.state().is_closed = true;
        self.shared.changed.notify_one();
        if let Some(thread) = self.thread.take() {
            let _ = thread.join();
        }
    }
}

impl Shared {
    /// Nothing under this lock can panic half-way.
    fn state(&self) -> MutexGuard<'_, State> {
        self.state.lock().unwrap_or_else(PoisonError::into_inner)
    }

    fn next(&self, may_wait: bool) -> Next {
        let mut state = self.state();
        loop {
            if let Some(entry) = state.entries.pop_front() {
                return Next::Entry(entry);
            }
            if let Some(lost) = state.take_lost() {
                return Next::Entry(Entry::Lost(lost));
            }
            if !may_wait {
                return Next::Pause;
            }
            if state.is_closed {
                return Next::End;
            }
            state = self.changed.wait(state).unwrap_or_else(PoisonError::into_inner);
        }
    }

    fn note_lost(&self) {
        if let Some(held_back) = self.noted.passes("lost", clock::moment()) {
            tracing::warn!(
                target: "azure_auth::events",
                lost = 1 + held_back,
                "lines of the audit log are lost: it is written more slowly than things happen"
            );
        }
    }

    fn note_failure(&self, error: &io::Error) {
        if let Some(held_back) = self.noted.passes("unwritten", clock::moment()) {
            tracing::error!(
                target: "azure_auth::events",
                held_back = (held_back > 0).then_some(held_back),
                "the audit log cannot be written: {error}"
            );
        }
    }
}

impl State {
    fn take_lost(&mut self) -> Option<u64> {
        (self.lost > 0).then(|| std::mem::take(&mut self.lost))
    }
}

/// What the thread does.
fn write<W: Write>(shared: &Shared, mut sheet: Sheet<W>) {
    let mut is_flushed = true;
    loop {
        let outcome = match shared.next(is_flushed) {
            Next::Entry(entry) => {
                is_flushed = false;
                sheet.write(entry)
            }
            Next::Pause => {
                is_flushed = true;
                sheet.flush()
            }
            Next::End => break,
        };
        if let Err(error) = outcome {
            shared.note_failure(&error);
        }
    }
}

/// What is written on.
struct Sheet<W> {
    output: W,
    lost_line: LostLine,
    /// The last line has a beginning and no end.
    is_torn: bool,
    /// Lines that failed, and of which nothing is said there yet.
    unwritten: u64,
}

impl<W: Write> Sheet<W> {
    fn write(&mut self, entry: Entry) -> io::Result<()> {
        match entry {
            Entry::Line(line) => {
                let outcome = self.confess().and_then(|()| self.line(&line));
                self.unwritten += u64::from(outcome.is_err());
                outcome
            }
            Entry::Lost(count) => {
                self.unwritten += count;
                self.confess()
            }
        }
    }

    /// Says how many are not there.
    fn confess(&mut self) -> io::Result<()> {
        if self.unwritten > 0 {
            self.line(&(self.lost_line)(self.unwritten))?;
            self.unwritten = 0;
        }
        Ok(())
    }

    /// In one piece, so that several processes can write to the same file.
    fn line(&mut self, line: &str) -> io::Result<()> {
        let before = if self.is_torn { "\n" } else { "" };
        let whole = format!("{before}{line}\n");
        let mut rest = whole.as_bytes();
        while !rest.is_empty() {
            let output = &mut self.output;
            let written = match guarded(|| output.write(rest)) {
                Ok(0) => Err(io::ErrorKind::WriteZero.into()),
                Err(error) if error.kind() == io::ErrorKind::Interrupted => Ok(0),
                written => written,
            }?;
            rest = rest.get(written..).unwrap_or_default();
            // Until its end is written; of nothing that was written nothing has to be ended.
            self.is_torn = !rest.is_empty() && (self.is_torn || rest.len() < whole.len());
        }
        Ok(())
    }

    fn flush(&mut self) -> io::Result<()> {
        guarded(|| self.output.flush())
    }
}

/// A writer that panics has not written.
fn guarded<T>(write: impl FnOnce() -> io::Result<T>) -> io::Result<T> {
    catch_unwind(AssertUnwindSafe(write)).unwrap_or_else(|_| Err(io::Error::other("the writer panicked")))
}

#[cfg(test)]
mod tests {
    use std::sync::mpsc::{self, Receiver, Sender};

    use super::*;

    fn lost_line(count: u64) -> String {
        format!("lost {count}")
    }

    /// Does what each step says, and waits for the next one.
    struct Stepwise {
        steps: Receiver<Step>,
        written: Sender<String>,
    }

    enum Step {
        Write,
        /// So many bytes only.
        Part(usize),
        Fail,
        Panic,
    }

    impl Write for Stepwise {
        fn write(&mut self, bytes: &[u8]) -> io::Result<usize> {
            let length = match self.steps.recv().unwrap_or(Step::Write) {
                Step::Write => bytes.len(),
                Step::Part(length) => length,
                Step::Fail => {
                    self.written.send("!".to_owned()).unwrap();
                    return Err(io::ErrorKind::StorageFull.into());
                }
                Step::Panic => panic!("a writer that panics"),
            };
            self.written.send(String::from_utf8(bytes[..length].to_vec()).unwrap()).unwrap();
            Ok(length)
        }

        fn flush(&mut self) -> io::Result<()> {
            self.written.send("flushed".to_owned()).unwrap();
            Ok(())
        }
    }

    fn stage(room: usize) -> (LineWriter, Sender<Step>, Receiver<String>) {
        let ((step, steps), (written, reads)) = (mpsc::channel(), mpsc::channel());
        (LineWriter::new(Stepwise { steps, written }, room, lost_line).unwrap(), step, reads)
    }

    fn read(reads: &Receiver<String>, count: usize) -> Vec<String> {
        (0..count).map(|_| reads.recv().unwrap()).collect()
    }

    /// Until the thread has the first line in its hands.
    fn wait_until_taken(writer: &LineWriter) {
        while !writer.shared.state().entries.is_empty() {
            thread::yield_now();
        }
    }

    #[test]
    fn nobody_waits_for_a_writer_and_what_found_no_room_is_counted_in_its_place() {
        let (writer, step, reads) = stage(2);
        writer.push("1".to_owned());
        wait_until_taken(&writer);
        (2..=9).for_each(|line| writer.push(line.to_string()));
        let steps = |count| (0..count).for_each(|_| step.send(Step::Write).unwrap());
        steps(2);
        assert_eq!(read(&reads, 2), ["1\n", "2\n"]);
        wait_until_taken(&writer);
        writer.push("10".to_owned());
        steps(3);
        assert_eq!(read(&reads, 4), ["3\n", "lost 6\n", "10\n", "flushed"]);
        writer.push("11".to_owned());
        steps(1);
        assert_eq!(read(&reads, 2), ["11\n", "flushed"]);
    }

    #[test]
    fn what_is_lost_at_the_end_is_said_at_the_end_and_all_that_waits_is_written_first() {
        let (writer, step, reads) = stage(2);
        writer.push("1".to_owned());
        wait_until_taken(&writer);
        (2..=5).for_each(|line| writer.push(line.to_string()));
        drop(step);
        drop(writer);
        assert_eq!(reads.iter().collect::<Vec<_>>(), ["1\n", "2\n", "3\n", "lost 2\n", "flushed"]);
    }

    #[test]
    fn a_writer_that_fails_is_tried_again_with_the_next_line_and_what_it_did_not_write_is_counted() {
        let (writer, step, reads) = stage(8);
        let next = |steps: &[fn() -> Step], expected: &[&str]| {
            for make in steps {
                step.send(make()).unwrap();
            }
            writer.push("line".to_owned());
            assert_eq!(read(&reads, expected.len()), expected);
        };
        next(&[|| Step::Fail], &["!", "flushed"]);
        next(&[|| Step::Fail], &["!", "flushed"]);
        next(&[|| Step::Write, || Step::Write], &["lost 2\n", "line\n", "flushed"]);
        next(&[|| Step::Part(2), || Step::Fail], &["li", "!", "flushed"]);
        next(&[|| Step::Fail], &["!", "flushed"]);
        next(&[|| Step::Write, || Step::Write], &["\nlost 2\n", "line\n", "flushed"]);
        next(&[|| Step::Panic], &["flushed"]);
        next(&[|| Step::Write, || Step::Part(1), || Step::Write], &["lost 1\n", "l", "ine\n", "flushed"]);
    }

    #[test]
    fn room_can_be_changed_and_is_never_nothing() {
        let (writer, step, reads) = stage(8);
        writer.set_room(0);
        writer.push("1".to_owned());
        wait_until_taken(&writer);
        (2..=4).for_each(|line| writer.push(line.to_string()));
        drop(step);
        drop(writer);
        assert_eq!(reads.iter().collect::<Vec<_>>(), ["1\n", "2\n", "lost 2\n", "flushed"]);
    }
}
