//! Token requests that wait until a test lets them go on.

use std::collections::HashMap;
use std::sync::{Arc, Mutex};

use tokio::sync::{Semaphore, watch};

use super::lock;
use crate::faults::token_grant::TokenGrant;

/// The gates that are closed, at most one for each grant.
#[derive(Debug, Default)]
pub(crate) struct Gates(Mutex<HashMap<TokenGrant, Arc<Closed>>>);

#[derive(Debug)]
struct Closed {
    arrived: watch::Sender<usize>,
    /// One permit for each request that may go on. It is closed where all may.
    passes: Semaphore,
}

/// Holds token requests of one grant, from [`Emulator::hold`](crate::Emulator::hold). They go on when it is dropped.
///
/// ```
/// # #[tokio::main(flavor = "current_thread")]
/// # async fn main() -> Result<(), Box<dyn std::error::Error>> {
/// use azure_auth_emulator::{Emulator, TokenGrant};
///
/// let emulator = Emulator::start().await?;
/// let gate = emulator.hold(TokenGrant::RefreshToken);
/// let address = emulator.issuer("common").replace("/v2.0", "/oauth2/v2.0/token");
/// let form = [("grant_type", "refresh_token")];
/// let asked = tokio::spawn(reqwest::Client::new().post(address).form(&form).send());
/// gate.arrived(1).await;
/// // … what happens meanwhile …
/// assert!(!asked.is_finished());
/// gate.let_through(1);
/// assert_eq!(asked.await??.status(), 400, "it sent no refresh token");
/// # Ok(())
/// # }
/// ```
#[derive(Debug)]
#[must_use = "the requests go on when it is dropped"]
pub struct Gate(Arc<Closed>);

impl Gates {
    /// Closes a gate. One that was closed before stays as it is for those who wait there.
    pub(crate) fn close(&self, grant: TokenGrant) -> Gate {
        let closed = Arc::new(Closed { arrived: watch::channel(0).0, passes: Semaphore::new(0) });
        lock(&self.0).insert(grant, closed.clone());
        Gate(closed)
    }

    /// Waits where the gate is closed.
    pub(crate) async fn pass(&self, grant: TokenGrant) {
        let gate = lock(&self.0).get(&grant).cloned();
        let Some(gate) = gate else { return };
        gate.arrived.send_modify(|count| *count += 1);
        if let Ok(pass) = gate.passes.acquire().await {
            pass.forget();
        }
    }
}

impl Gate {
    /// Waits until so many requests have come here since it was closed, waiting or gone on.
    ///
    /// ```
    /// # #[tokio::main(flavor = "current_thread")]
    /// # async fn main() -> Result<(), Box<dyn std::error::Error>> {
    /// # use azure_auth_emulator::{Emulator, TokenGrant};
    /// # let emulator = Emulator::start().await?;
    /// emulator.hold(TokenGrant::RefreshToken).arrived(0).await;
    /// # Ok(())
    /// # }
    /// ```
    pub async fn arrived(&self, times: usize) {
        let mut arrived = self.0.arrived.subscribe();
        // The sender lives as long as this gate.
        let _ = arrived.wait_for(|count| *count >= times).await;
    }

    /// How many requests have come here since it was closed.
    ///
    /// ```
    /// # #[tokio::main(flavor = "current_thread")]
    /// # async fn main() -> Result<(), Box<dyn std::error::Error>> {
    /// # use azure_auth_emulator::{Emulator, TokenGrant};
    /// # let emulator = Emulator::start().await?;
    /// assert_eq!(emulator.hold(TokenGrant::RefreshToken).count(), 0);
    /// # Ok(())
    /// # }
    /// ```
    #[must_use]
    pub fn count(&self) -> usize {
        *self.0.arrived.borrow()
    }

    /// Lets so many requests go on: those that came first, or the next to come.
    ///
    /// ```
    /// # #[tokio::main(flavor = "current_thread")]
    /// # async fn main() -> Result<(), Box<dyn std::error::Error>> {
    /// # use azure_auth_emulator::{Emulator, TokenGrant};
    /// # let emulator = Emulator::start().await?;
    /// emulator.hold(TokenGrant::RefreshToken).let_through(1);
    /// # Ok(())
    /// # }
    /// ```
    pub fn let_through(&self, times: usize) {
        self.0.passes.add_permits(times);
    }
}

impl Drop for Gate {
    fn drop(&mut self) {
        self.0.passes.close();
    }
}
