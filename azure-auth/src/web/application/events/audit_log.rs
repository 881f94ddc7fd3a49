//! The audit log: a line of JSON for each thing that happened.

use std::fmt;
use std::fs::OpenOptions;
use std::io::{self, Write};
use std::path::Path;

use super::AuthEvents;
use super::audit_line::AuditLine;
use super::sign_in::SignIn;
use super::sign_out::SignOut;
use super::told_request::{AdmittedRequest, RefusedRequest};
use crate::io::clock;
use crate::io::line_writer::LineWriter;
use crate::model::callers::identity::UserId;
use crate::model::refusals::refusal::Refusal;

/// Lines that wait to be written.
const ROOM: usize = 4096;

/// Writes what happens to a file, one object of JSON on each line: who came and went, and what was refused.
///
/// It is an [`AuthEvents`] like any other. A thread of its own writes, and no request waits for it: where the disk is slower
/// than what happens, lines are left out, a line `{"event":"lost","count":…}` in their place says how many, and so does the
/// log, once a minute. It is the same where a line cannot be written, such as on a full disk; the next one is tried again.
/// What waits is written when the `AuditLog` is dropped, which is with the last `AzureAuth` that has it.
///
/// No line holds a name or an address of a person, nor a path. Its members, and how to rotate the file, are in
/// `docs/operations.md`.
///
/// ```no_run
/// use azure_auth::{AuditLog, AzureAuth};
///
/// # fn main() -> Result<(), Box<dyn std::error::Error>> {
/// let auth = AzureAuth::builder().auth_events(AuditLog::to_file("/var/log/shop/audit.jsonl")?).build()?;
/// # Ok(())
/// # }
/// ```
///
/// Beside events of one's own it is the second of two: `.auth_events((Office, AuditLog::to_file(…)?))`. Whoever those do not
/// let in has not signed in then.
pub struct AuditLog {
    lines: LineWriter,
    has_admitted: bool,
}

impl AuditLog {
    /// At the end of a file, which is made where there is none.
    ///
    /// ```no_run
    /// # fn main() -> std::io::Result<()> {
    /// let audit = azure_auth::AuditLog::to_file("audit.jsonl")?;
    /// # Ok(())
    /// # }
    /// ```
    ///
    /// # Errors
    /// The file cannot be opened, or no thread begins.
    pub fn to_file(path: impl AsRef<Path>) -> io::Result<Self> {
        Self::new(OpenOptions::new().create(true).append(true).open(path)?)
    }

    /// Into whatever takes bytes. Each line is written in one piece, and flushed when there is no other.
    ///
    /// ```
    /// # fn main() -> std::io::Result<()> {
    /// let audit = azure_auth::AuditLog::new(std::io::stdout())?;
    /// # Ok(())
    /// # }
    /// ```
    ///
    /// # Errors
    /// No thread begins.
    pub fn new(output: impl Write + Send + 'static) -> io::Result<Self> {
        Ok(Self { lines: LineWriter::new(output, ROOM, lost_line)?, has_admitted: false })
    }

    /// How many lines may wait to be written; one at least. Default: 4,096.
    ///
    /// ```
    /// # fn main() -> std::io::Result<()> {
    /// let audit = azure_auth::AuditLog::new(std::io::stdout())?.capacity(65_536);
    /// # Ok(())
    /// # }
    /// ```
    #[must_use]
    pub fn capacity(self, lines: usize) -> Self {
        self.lines.set_room(lines);
        self
    }

    /// Also a line for each request that a guard lets pass.
    ///
    /// ```
    /// # fn main() -> std::io::Result<()> {
    /// let audit = azure_auth::AuditLog::new(std::io::stdout())?.with_admitted();
    /// # Ok(())
    /// # }
    /// ```
    #[must_use]
    pub fn with_admitted(mut self) -> Self {
        self.has_admitted = true;
        self
    }

    fn write(&self, line: &AuditLine<'_>) {
        self.lines.push(text(line));
    }
}

impl AuthEvents for AuditLog {
    async fn signed_in(&self, sign_in: &mut SignIn) -> Result<(), Refusal> {
        let user = sign_in.user();
        let line = AuditLine { tenant: user.tenant_id(), ..happened("signed-in") };
        self.write(&line.of_person(user.id()));
        Ok(())
    }

    async fn signed_out(&self, sign_out: &SignOut) {
        self.write(&match sign_out {
            SignOut::Session(user) => happened("signed-out").of_person(user),
            SignOut::Everywhere(user) => happened("signed-out-everywhere").of_person(user),
            SignOut::AtProvider => happened("signed-out-at-provider"),
        });
    }

    async fn expired(&self, user: &UserId) {
        self.write(&happened("expired").of_person(user));
    }

    async fn refused(&self, refused: &RefusedRequest) {
        self.write(&refused.line());
    }

    fn wants_admitted(&self) -> bool {
        self.has_admitted
    }

    async fn admitted(&self, admitted: &AdmittedRequest) {
        self.write(&admitted.line());
    }

    async fn lost(&self, count: u64) {
        self.lines.push(lost_line(count));
    }
}

/// Now.
fn happened(event: &'static str) -> AuditLine<'static> {
    AuditLine::new(clock::system_time(), event)
}

fn lost_line(count: u64) -> String {
    text(&AuditLine { count: Some(count), ..happened("lost") })
}

fn text(line: &AuditLine<'_>) -> String {
    // Texts and numbers are always written.
    serde_json::to_string(line).unwrap_or_default()
}

impl fmt::Debug for AuditLog {
    fn fmt(&self, formatter: &mut fmt::Formatter<'_>) -> fmt::Result {
        formatter.debug_struct("AuditLog").field("has_admitted", &self.has_admitted).finish_non_exhaustive()
    }
}
