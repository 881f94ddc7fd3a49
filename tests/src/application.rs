//! An application on a free loopback port.

use std::net::SocketAddr;
use std::sync::{Arc, RwLock};
use std::time::Duration;

use poem::endpoint::{BoxEndpoint, EndpointExt};
use poem::listener::{Acceptor, Listener, TcpListener};
use poem::{Endpoint, IntoEndpoint, IntoResponse, Request, Response, Result, Server};
use tokio::sync::oneshot;

/// A running application. Dropping it stops it.
pub struct Application {
    address: SocketAddr,
    endpoint: Arc<RwLock<Arc<BoxEndpoint<'static>>>>,
    _stop: oneshot::Sender<()>,
}

impl Application {
    /// Serves an endpoint.
    pub async fn start<E>(endpoint: E) -> Self
    where
        E: IntoEndpoint,
        E::Endpoint: 'static,
        <E::Endpoint as Endpoint>::Output: IntoResponse,
    {
        let acceptor = TcpListener::bind("127.0.0.1:0").into_acceptor().await.expect("a free port");
        let address = acceptor.local_addr().into_iter().find_map(|address| address.0.as_socket_addr().copied());
        let endpoint = Arc::new(RwLock::new(boxed(endpoint)));
        let served = Current(endpoint.clone());
        let (stop, stopped) = oneshot::channel::<()>();
        tokio::spawn(async move {
            let stopped = async { drop(stopped.await) };
            Server::new_with_acceptor(acceptor).run_with_graceful_shutdown(served, stopped, Some(Duration::ZERO)).await
        });
        Self { address: address.expect("an address"), endpoint, _stop: stop }
    }

    /// The program ends and starts again at the same address: everything it remembered is gone.
    pub fn restart<E>(&self, endpoint: E)
    where
        E: IntoEndpoint,
        E::Endpoint: 'static,
        <E::Endpoint as Endpoint>::Output: IntoResponse,
    {
        *self.endpoint.write().expect("no panic under this lock") = boxed(endpoint);
    }

    /// Where it listens.
    pub fn address(&self) -> SocketAddr {
        self.address
    }

    /// A path of it, as the person at this machine types it. The provider is at `127.0.0.1`: two sites, as in life.
    pub fn at(&self, path: &str) -> String {
        format!("http://localhost:{}{path}", self.address.port())
    }
}

/// Whatever is served at the moment.
struct Current(Arc<RwLock<Arc<BoxEndpoint<'static>>>>);

impl Endpoint for Current {
    type Output = Response;

    async fn call(&self, request: Request) -> Result<Response> {
        let endpoint = self.0.read().expect("no panic under this lock").clone();
        endpoint.call(request).await
    }
}

fn boxed<E>(endpoint: E) -> Arc<BoxEndpoint<'static>>
where
    E: IntoEndpoint,
    E::Endpoint: 'static,
    <E::Endpoint as Endpoint>::Output: IntoResponse,
{
    Arc::new(endpoint.into_endpoint().map_to_response().boxed())
}
