//! Who came and went. What people did is noted where it is done, in the same transaction.

use azure_auth::{Refusal, SessionEvents, SignIn, SignOut};

use crate::database::Database;

impl SessionEvents for Database {
    /// Nobody comes in unnoticed: where it cannot be noted, there is no session.
    async fn signed_in(&self, sign_in: &mut SignIn) -> Result<(), Refusal> {
        let noted = self.note(sign_in.user().id().to_string(), "signed in").await;
        noted.map_err(|_| Refusal::forbidden("The help desk is closed at the moment."))
    }

    async fn signed_out(&self, sign_out: &SignOut) {
        let who = match sign_out {
            SignOut::Session(user) | SignOut::Everywhere(user) => user.to_string(),
            _ => "somebody, at Microsoft".to_owned(),
        };
        // Where it fails, the database has said so in the log.
        let _ = self.note(who, "signed out").await;
    }
}
