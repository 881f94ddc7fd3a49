//! Requests per second over loopback, ours beside what is written by hand.
//!
//! `cargo bench -p azure-auth --features testing --bench throughput` serves the same handler three times: without a
//! guard, behind a guard written by hand, and behind ours. Clients of the same process keep connections busy, one server
//! after the other, round after round. What counts is the ratio within a round: the machine may be busy with anything.

#![allow(
    dead_code,
    unreachable_pub,
    unused_imports,
    reason = "the cases and the two lower floors are included whole, of which a part is measured"
)]

mod cases;
#[path = "../src/model/mod.rs"]
mod model;
#[path = "../src/rules/mod.rs"]
mod rules;

use std::net::SocketAddr;
use std::time::{Duration, Instant};

use azure_auth::testing::TestAuth;
use cases::{Material, access_token, session};
use poem::http::header::HeaderMap;
use poem::listener::{Acceptor, Listener, TcpListener};
use poem::{Endpoint, Response, Server};
use tokio::io::{AsyncReadExt, AsyncWriteExt};
use tokio::net::TcpStream;

const ROUNDS: usize = 21;
const CONNECTIONS: usize = 8;
const ROUND: Duration = Duration::from_millis(400);

/// The same handler three times, and the request for it.
struct Contest {
    title: &'static str,
    unguarded: SocketAddr,
    by_hand: SocketAddr,
    ours: SocketAddr,
    request: Vec<u8>,
}

#[tokio::main]
async fn main() {
    // `cargo test --all-targets` builds without optimization: there one short round shows that it works.
    let is_bench = std::env::args().any(|argument| argument == "--bench");
    let (rounds, round) = if is_bench { (ROUNDS, ROUND) } else { (1, Duration::from_millis(20)) };
    println!("{:<28}{:>36}{:>36}", "median (quartiles), ratio to", "by hand", "without a guard");
    for contest in [session_seen_before().await, access_token_seen_before().await] {
        contest.hold(rounds, round).await;
    }
}

async fn access_token_seen_before() -> Contest {
    let auth = TestAuth::new();
    let bearer = access_token::bearer(&auth);
    Contest {
        title: "access token, seen before",
        unguarded: serve(access_token::plain_endpoint()).await,
        by_hand: serve(access_token::endpoint_by_hand(&bearer)).await,
        ours: serve(access_token::guarded_endpoint(&auth)).await,
        request: request(&access_token::headers(&bearer)),
    }
}

async fn session_seen_before() -> Contest {
    let headers = session::headers(&Material::new(), 0);
    Contest {
        title: "session, seen before",
        unguarded: serve(access_token::plain_endpoint()).await,
        by_hand: serve(session::endpoint_by_hand(&headers)).await,
        ours: serve(session::guarded_endpoint()).await,
        request: request(&headers),
    }
}

impl Contest {
    async fn hold(&self, rounds: usize, round: Duration) {
        let mut to_hand = Vec::new();
        let mut to_unguarded = Vec::new();
        for number in 0..rounds {
            let mut counts = [0.0; 3];
            // Who goes first changes, so that nobody always meets the warm machine.
            for position in 0..3 {
                let turn = (position + number) % 3;
                let address = [self.unguarded, self.by_hand, self.ours][turn];
                counts[turn] = answered(address, &self.request, round).await;
            }
            let [unguarded, by_hand, ours] = counts;
            to_hand.push(ours / by_hand);
            to_unguarded.push(ours / unguarded);
        }
        println!("{:<28}{:>36}{:>36}", self.title, quartiles(to_hand), quartiles(to_unguarded));
    }
}

/// Answers within the time, on all connections together.
async fn answered(address: SocketAddr, request: &[u8], round: Duration) -> f64 {
    let until = Instant::now() + round;
    let clients: Vec<_> =
        (0..CONNECTIONS).map(|_| tokio::spawn(keep_asking(address, request.to_vec(), until))).collect();
    let mut total = 0;
    for client in clients {
        total += client.await.expect("a client");
    }
    f64::from(total)
}

async fn keep_asking(address: SocketAddr, request: Vec<u8>, until: Instant) -> u32 {
    let mut stream = TcpStream::connect(address).await.expect("the server");
    stream.set_nodelay(true).expect("a socket");
    let (mut count, mut buffer) = (0, vec![0; 4096]);
    while Instant::now() < until {
        stream.write_all(&request).await.expect("the server");
        let mut length = 0;
        // The body has five letters and ends the answer; the header before it has a blank line at its end.
        while !buffer[..length].ends_with(b"\r\n\r\nfiles") {
            let read = stream.read(&mut buffer[length..]).await.expect("the server");
            assert!(read > 0, "the server answers");
            length += read;
        }
        assert!(buffer.starts_with(b"HTTP/1.1 200"), "the caller is admitted");
        count += 1;
    }
    count
}

fn request(headers: &HeaderMap) -> Vec<u8> {
    let mut request = b"GET / HTTP/1.1\r\n".to_vec();
    for (name, value) in headers {
        request.extend([name.as_str().as_bytes(), b": ", value.as_bytes(), b"\r\n"].concat());
    }
    request.extend(b"\r\n");
    request
}

async fn serve(endpoint: impl Endpoint<Output = Response> + 'static) -> SocketAddr {
    let acceptor = TcpListener::bind("127.0.0.1:0").into_acceptor().await.expect("a port");
    let address = acceptor.local_addr()[0].as_socket_addr().copied().expect("an address");
    tokio::spawn(Server::new_with_acceptor(acceptor).run(endpoint));
    address
}

fn quartiles(mut ratios: Vec<f64>) -> String {
    ratios.sort_by(f64::total_cmp);
    let at = |quarter: usize| ratios[(ratios.len() - 1) * quarter / 4];
    format!("{:.3} ({:.3} to {:.3})", at(2), at(1), at(3))
}
