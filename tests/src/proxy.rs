//! What is in front of replicas: each request goes to the next one. It may serve one path of its host alone, and take
//! that away.

use std::io;
use std::net::SocketAddr;
use std::sync::atomic::{AtomicUsize, Ordering};
use std::sync::{Arc, PoisonError, RwLock};

use tokio::io::{AsyncReadExt, AsyncWriteExt, copy_bidirectional};
use tokio::net::{TcpListener, TcpStream};
use tokio::task::AbortHandle;

/// A request that names a replica in this header, by number, goes there and nowhere else.
pub const REPLICA: &str = "x-replica";

/// What a request may have in front of its body.
const HEAD_LIMIT: usize = 64 * 1024;

/// A proxy on a free loopback port. Dropping it stops it.
///
/// Requests go round. One that reached nobody, or that changes nothing and got no answer, is sent once more to the
/// next replica; any other is answered with 502, as load balancers do.
pub struct Proxy {
    address: SocketAddr,
    rounds: Arc<Rounds>,
    listening: AbortHandle,
}

#[derive(Default)]
struct Rounds {
    replicas: RwLock<Vec<SocketAddr>>,
    next: AtomicUsize,
    /// Taken away from the front of every path. Another path is somebody else's: 404.
    prefix: String,
}

/// A request with all of its body.
struct Request {
    bytes: Vec<u8>,
    head: String,
}

impl Proxy {
    /// A proxy in front of nobody yet.
    pub async fn start() -> Self {
        Self::taking_away("").await
    }

    /// A proxy that serves a path of its host, and what is below it: replicas see the rest, as behind nginx with
    /// `location /app/ { proxy_pass http://replica/; }`.
    pub async fn taking_away(prefix: &str) -> Self {
        let listener = TcpListener::bind("127.0.0.1:0").await.expect("a free port");
        let address = listener.local_addr().expect("an address");
        let rounds = Arc::new(Rounds { prefix: prefix.to_owned(), ..Rounds::default() });
        let listening = tokio::spawn(listen(listener, rounds.clone())).abort_handle();
        Self { address, rounds, listening }
    }

    /// Its own address, which is the public one.
    pub fn origin(&self) -> String {
        format!("http://localhost:{}", self.address.port())
    }

    /// The replicas from now on.
    pub fn put_before(&self, replicas: Vec<SocketAddr>) {
        *self.rounds.replicas.write().unwrap_or_else(PoisonError::into_inner) = replicas;
    }
}

impl Drop for Proxy {
    fn drop(&mut self) {
        self.listening.abort();
    }
}

async fn listen(listener: TcpListener, rounds: Arc<Rounds>) {
    loop {
        let Ok((client, _)) = listener.accept().await else { continue };
        let rounds = rounds.clone();
        // Whoever hangs up, on either side, has no need to be told.
        tokio::spawn(async move { drop(rounds.serve(client).await) });
    }
}

impl Rounds {
    async fn serve(&self, mut client: TcpStream) -> io::Result<()> {
        let request = Request::read(&mut client).await?;
        let Some(request) = request.below(&self.prefix) else {
            return client.write_all(b"HTTP/1.1 404 Not Found\r\ncontent-length: 0\r\nconnection: close\r\n\r\n").await;
        };
        for replica in self.candidates(&request) {
            let Ok(mut stream) = TcpStream::connect(replica).await else { continue };
            match request.first_of_answer(&mut stream).await {
                Ok(first) => {
                    client.write_all(&first).await?;
                    copy_bidirectional(&mut client, &mut stream).await?;
                    return Ok(());
                }
                Err(_) if request.changes_nothing() => {}
                Err(_) => break,
            }
        }
        client.write_all(b"HTTP/1.1 502 Bad Gateway\r\ncontent-length: 0\r\nconnection: close\r\n\r\n").await
    }

    /// Two at most: a request is sent once more, and not for ever.
    fn candidates(&self, request: &Request) -> Vec<SocketAddr> {
        let replicas = self.replicas.read().unwrap_or_else(PoisonError::into_inner);
        if let Some(wanted) = request.header(REPLICA) {
            return wanted.parse().ok().and_then(|wanted: usize| replicas.get(wanted).copied()).into_iter().collect();
        }
        let next = self.next.fetch_add(1, Ordering::Relaxed);
        (0..replicas.len().min(2)).map(|further| replicas[(next + further) % replicas.len()]).collect()
    }
}

impl Request {
    async fn read(client: &mut TcpStream) -> io::Result<Self> {
        let mut bytes = Vec::new();
        let head_length = loop {
            if let Some(end) = bytes.windows(4).position(|window| window == b"\r\n\r\n") {
                break end + 4;
            }
            if bytes.len() > HEAD_LIMIT || client.read_buf(&mut bytes).await? == 0 {
                return Err(io::ErrorKind::InvalidData.into());
            }
        };
        let head = String::from_utf8(bytes[..head_length].to_vec()).map_err(|_| io::ErrorKind::InvalidData)?;
        let request = Self { bytes, head };
        let body_length: usize = request.header("content-length").and_then(|length| length.parse().ok()).unwrap_or(0);
        request.with_body(client, head_length, body_length).await
    }

    async fn with_body(mut self, client: &mut TcpStream, head: usize, body: usize) -> io::Result<Self> {
        while self.bytes.len() < head + body {
            if client.read_buf(&mut self.bytes).await? == 0 {
                return Err(io::ErrorKind::UnexpectedEof.into());
            }
        }
        if self.header("upgrade").is_none() {
            // The next request of this client goes to another replica.
            let first_line = self.head.find("\r\n").unwrap_or_default() + 2;
            self.bytes.splice(first_line..first_line, *b"connection: close\r\n");
        }
        Ok(self)
    }

    /// The same for the path without a prefix, if it has it.
    fn below(mut self, prefix: &str) -> Option<Self> {
        let start = self.head.find(' ')? + 1;
        let rest = self.head[start..].strip_prefix(prefix)?;
        let slash: &[u8] = match rest.as_bytes().first()? {
            b'/' => b"",
            b'?' | b' ' => b"/",
            _ => return None,
        };
        self.bytes.splice(start..start + prefix.len(), slash.iter().copied());
        Some(self)
    }

    fn header(&self, name: &str) -> Option<&str> {
        let mut fields = self.head.lines().filter_map(|line| line.split_once(':'));
        fields.find(|(found, _)| found.eq_ignore_ascii_case(name)).map(|(_, value)| value.trim())
    }

    fn changes_nothing(&self) -> bool {
        self.head.starts_with("GET ") || self.head.starts_with("HEAD ")
    }

    async fn first_of_answer(&self, replica: &mut TcpStream) -> io::Result<Vec<u8>> {
        replica.write_all(&self.bytes).await?;
        let mut first = Vec::with_capacity(16 * 1024);
        match replica.read_buf(&mut first).await? {
            0 => Err(io::ErrorKind::UnexpectedEof.into()),
            _ => Ok(first),
        }
    }
}

#[cfg(test)]
mod tests {
    use poem::http::Method;
    use poem::{get, handler};

    use super::*;
    use crate::application::Application;
    use crate::browser::Browser;

    #[handler]
    fn hello() -> &'static str {
        "hello"
    }

    async fn statuses(replicas: Vec<SocketAddr>, method: Method) -> Vec<u16> {
        let proxy = Proxy::start().await;
        proxy.put_before(replicas);
        let browser = Browser::new();
        let mut statuses = Vec::new();
        for _ in 0..4 {
            statuses.push(browser.program(method.clone(), proxy.origin()).send().await.status);
        }
        statuses
    }

    #[tokio::test]
    async fn a_request_that_reached_nobody_goes_to_the_next_and_one_that_may_have_done_something_does_not() {
        let application = Application::start(poem::Route::new().at("/", get(hello).post(hello))).await;
        let gone = TcpListener::bind("127.0.0.1:0").await.unwrap().local_addr().unwrap();
        let listener = TcpListener::bind("127.0.0.1:0").await.unwrap();
        let silent = listener.local_addr().unwrap();
        tokio::spawn(async move { while listener.accept().await.is_ok() {} });

        for method in [Method::GET, Method::POST] {
            assert_eq!(statuses(vec![gone, application.address()], method.clone()).await, [200; 4], "{method}");
            assert_eq!(statuses(vec![gone, gone, application.address()], method).await, [502, 200, 200, 502]);
        }
        assert_eq!(statuses(vec![silent, application.address()], Method::GET).await, [200; 4]);
        assert_eq!(statuses(vec![silent, application.address()], Method::POST).await, [502, 200, 502, 200]);
    }
}
