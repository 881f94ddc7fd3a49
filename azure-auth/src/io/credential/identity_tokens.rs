//! Tokens of a managed identity, asked for once for all who wait.

use secrecy::SecretString;
use std::time::Duration;
use tokio::sync::Mutex;

use super::credential_error::CredentialError;
use crate::io::clock;
use crate::io::provider::observed::Asked;
use crate::io::provider::transport::Transport;
use crate::model::moment::Moment;
use crate::model::settings::client::ManagedIdentity;
use crate::rules::credential::managed_identity::{self, IdentityToken};

/// How long a failure answers for those who come after it.
const REST: Duration = Duration::from_secs(1);

#[derive(Debug)]
pub(super) struct IdentityTokens {
    identity: ManagedIdentity,
    transport: Transport,
    /// Whoever holds it asks, and the others read what came of it.
    last: Mutex<Option<Last>>,
}

#[derive(Debug)]
enum Last {
    Token(IdentityToken),
    Failure(Moment, CredentialError),
}

impl IdentityTokens {
    pub(super) fn new(identity: ManagedIdentity) -> Result<Self, CredentialError> {
        // No proxy knows where this machine's own endpoint is.
        let transport = Transport::new(true, Vec::new())?;
        Ok(Self { identity, transport, last: Mutex::default() })
    }

    pub(super) async fn token(&self) -> Result<SecretString, CredentialError> {
        let mut last = self.last.lock().await;
        match &*last {
            Some(Last::Token(token)) if clock::now() < token.renew_at => return Ok(token.text.clone()),
            Some(Last::Failure(at, error)) if clock::moment().since(*at) < REST => return Err(error.clone()),
            _ => {}
        }
        let outcome = self.ask().await;
        *last = Some(match &outcome {
            Ok(token) => Last::Token(token.clone()),
            Err(error) => Last::Failure(clock::moment(), error.clone()),
        });
        outcome.map(|token| token.text)
    }

    async fn ask(&self) -> Result<IdentityToken, CredentialError> {
        let request = managed_identity::question(&self.identity);
        let answer = self.transport.ask(Asked::ManagedIdentity, request).await?;
        Ok(managed_identity::read(answer.status().as_u16(), answer.body(), clock::now())?)
    }
}
