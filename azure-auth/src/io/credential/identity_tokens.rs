//! Tokens of a managed identity, asked for once for all who wait.

use std::time::Duration;

use secrecy::SecretString;
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

/// The same where the token before it is still good, and nobody needs another one at once.
const REST_WITH_TOKEN: Duration = Duration::from_secs(30);

#[derive(Debug)]
pub(super) struct IdentityTokens {
    identity: ManagedIdentity,
    transport: Transport,
    /// Whoever holds it asks, and the others read what came of it.
    state: Mutex<State>,
}

#[derive(Debug, Default)]
struct State {
    /// As of when it came: a clock that somebody sets makes no token last longer.
    token: Option<(Moment, IdentityToken)>,
    failure: Option<(Moment, CredentialError)>,
}

impl IdentityTokens {
    pub(super) fn new(identity: ManagedIdentity) -> Result<Self, CredentialError> {
        // No proxy knows where this machine's own endpoint is.
        let transport = Transport::new(true, Vec::new())?;
        Ok(Self { identity, transport, state: Mutex::default() })
    }

    /// A token that is still good is given out to its end, also where no other one comes.
    pub(super) async fn token(&self) -> Result<SecretString, CredentialError> {
        let mut state = self.state.lock().await;
        let now = clock::moment();
        if let Some(settled) = state.settled(now) {
            return settled;
        }
        match self.ask().await {
            Ok(token) => {
                let text = token.text.clone();
                *state = State { token: Some((now, token)), failure: None };
                Ok(text)
            }
            Err(error) => {
                let now = clock::moment();
                state.failure = Some((now, error.clone()));
                state.held(now).map(|(_, token)| token.text.clone()).ok_or(error)
            }
        }
    }

    async fn ask(&self) -> Result<IdentityToken, CredentialError> {
        let request = managed_identity::question(&self.identity);
        let answer = self.transport.ask(Asked::ManagedIdentity, request).await?;
        Ok(managed_identity::read(answer.status().as_u16(), answer.body(), clock::now())?)
    }
}

impl State {
    /// The token, as long as it is good, with its age.
    fn held(&self, now: Moment) -> Option<(Duration, &IdentityToken)> {
        let (came_at, token) = self.token.as_ref()?;
        Some((now.since(*came_at), token)).filter(|(age, token)| *age < token.left)
    }

    /// What is known without asking; None where it is time to ask.
    fn settled(&self, now: Moment) -> Option<Result<SecretString, CredentialError>> {
        let held = self.held(now);
        let rest = if held.is_some() { REST_WITH_TOKEN } else { REST };
        let failure = self.failure.as_ref().filter(|(at, _)| now.since(*at) < rest);
        match (held, failure) {
            (Some((age, token)), failure) if age < token.renew_after || failure.is_some() => {
                Some(Ok(token.text.clone()))
            }
            (None, Some((_, error))) => Some(Err(error.clone())),
            _ => None,
        }
    }
}

#[cfg(test)]
mod tests {
    use std::io::{Read, Write};
    use std::net::TcpListener;
    use std::thread;

    use secrecy::ExposeSecret;

    use super::*;
    use crate::io::clock::test_clock;
    use crate::model::settings::client::IdentityEndpoint;

    const UNAVAILABLE: &str = "HTTP/1.1 503 Service Unavailable\r\ncontent-length: 0\r\nconnection: close\r\n\r\n";

    fn token(text: &str) -> String {
        let body = format!(r#"{{"access_token":"{text}","expires_in":"3600"}}"#);
        format!("HTTP/1.1 200 OK\r\ncontent-length: {}\r\nconnection: close\r\n\r\n{body}", body.len())
    }

    /// An endpoint that gives these answers, one after the other, and then is gone.
    fn of(answers: Vec<String>) -> IdentityTokens {
        let listener = TcpListener::bind("127.0.0.1:0").unwrap();
        let address = format!("http://{}", listener.local_addr().unwrap());
        thread::spawn(move || {
            for answer in answers {
                let (mut stream, _) = listener.accept().unwrap();
                let mut request = Vec::new();
                while !request.ends_with(b"\r\n\r\n") {
                    let mut byte = [0];
                    stream.read_exact(&mut byte).unwrap();
                    request.push(byte[0]);
                }
                stream.write_all(answer.as_bytes()).unwrap();
            }
        });
        let endpoint = IdentityEndpoint::Machine(address);
        IdentityTokens::new(ManagedIdentity { client_id: None, endpoint, audience: "api://AzureADTokenExchange" })
            .unwrap()
    }

    async fn text(tokens: &IdentityTokens) -> Option<String> {
        tokens.token().await.ok().map(|token| token.expose_secret().to_owned())
    }

    #[tokio::test]
    async fn a_token_is_given_out_to_its_end_where_no_other_one_comes() {
        let tokens = of(vec![token("first"), UNAVAILABLE.to_owned(), token("second")]);
        let first = Some("first".to_owned());
        assert_eq!(text(&tokens).await, first);
        test_clock::pass(Duration::from_secs(3299));
        assert_eq!(text(&tokens).await, first, "nobody is asked");
        test_clock::pass(Duration::from_secs(1));
        assert_eq!(text(&tokens).await, first, "the endpoint refuses, and the token is still good");
        assert_eq!(text(&tokens).await, first, "and is not asked again at once");
        test_clock::pass(REST_WITH_TOKEN);
        assert_eq!(text(&tokens).await.as_deref(), Some("second"));
    }

    #[tokio::test]
    async fn a_token_that_is_over_is_not_given_out_whatever_the_clock_of_the_machine_says() {
        let tokens = of(vec![token("first"), UNAVAILABLE.to_owned()]);
        assert!(text(&tokens).await.is_some());
        test_clock::pass(Duration::from_secs(3600));
        assert_eq!(text(&tokens).await, None);
    }
}
