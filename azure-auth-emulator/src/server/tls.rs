//! Connections over TLS, for Poem's server.

use std::io;
use std::sync::Arc;
use std::time::Duration;

use poem::http::uri::Scheme;
use poem::listener::Acceptor;
use poem::web::{LocalAddr, RemoteAddr};
use tokio::net::{TcpListener, TcpStream};
use tokio::sync::mpsc;
use tokio::time::timeout;
use tokio_rustls::TlsAcceptor;
use tokio_rustls::rustls::ServerConfig;
use tokio_rustls::server::TlsStream;

/// A client that has not finished its handshake after this time is dropped.
const HANDSHAKE_LIMIT: Duration = Duration::from_secs(10);

/// Gives out connections whose handshake is done. Handshakes run at the same time: a slow one delays no other.
pub(crate) struct HandshakenConnections {
    address: LocalAddr,
    ready: mpsc::Receiver<(TlsStream<TcpStream>, RemoteAddr)>,
}

impl HandshakenConnections {
    pub(crate) fn new(listener: TcpListener, server: Arc<ServerConfig>) -> io::Result<Self> {
        let address = LocalAddr(listener.local_addr()?.into());
        let (sender, ready) = mpsc::channel(1);
        tokio::spawn(accept(listener, server.into(), sender));
        Ok(Self { address, ready })
    }
}

impl Acceptor for HandshakenConnections {
    type Io = TlsStream<TcpStream>;

    fn local_addr(&self) -> Vec<LocalAddr> {
        vec![self.address.clone()]
    }

    async fn accept(&mut self) -> io::Result<(Self::Io, LocalAddr, RemoteAddr, Scheme)> {
        match self.ready.recv().await {
            Some((stream, remote)) => Ok((stream, self.address.clone(), remote, Scheme::HTTPS)),
            // The runtime ends. After an error the server would ask again at once.
            None => std::future::pending().await,
        }
    }
}

type Ready = mpsc::Sender<(TlsStream<TcpStream>, RemoteAddr)>;

/// Listens as long as the server takes the connections.
async fn accept(listener: TcpListener, acceptor: TlsAcceptor, ready: Ready) {
    loop {
        let accepted = tokio::select! {
            () = ready.closed() => return,
            accepted = listener.accept() => accepted,
        };
        // An error concerns one connection that is gone; the next one may be good.
        if let Ok((stream, remote)) = accepted {
            tokio::spawn(shake_hands(acceptor.clone(), stream, RemoteAddr(remote.into()), ready.clone()));
        }
    }
}

async fn shake_hands(acceptor: TlsAcceptor, stream: TcpStream, remote: RemoteAddr, ready: Ready) {
    let shaken = tokio::select! {
        () = ready.closed() => return,
        shaken = timeout(HANDSHAKE_LIMIT, acceptor.accept(stream)) => shaken,
    };
    match shaken {
        // It is not taken any more when the emulator stops.
        Ok(Ok(stream)) => drop(ready.send((stream, remote)).await),
        // Usual cause: the client does not trust the authority, and it reports that itself.
        Ok(Err(error)) => tracing::debug!(%error, "a TLS handshake failed"),
        Err(_) => tracing::debug!("a client did not begin its TLS handshake"),
    }
}
