//! A WebSocket that ends with its principal.

use std::time::Duration;

use azure_auth::Principal;
use futures_util::{SinkExt, StreamExt};
use poem::web::websocket::{CloseCode, Message, WebSocket, WebSocketStream};
use poem::{IntoResponse, handler};
use tokio::time::timeout;

/// What the client is told when its session or token is over: sign in again, then come back.
const NOT_AUTHENTICATED: u16 = 4401;

#[azure_auth::protect]
#[handler]
pub(crate) fn live(socket: WebSocket, principal: Principal) -> impl IntoResponse {
    socket.on_upgrade(|stream| converse(stream, principal))
}

/// Echoes until either side is done. The guard judged the handshake; from then on the principal's end decides.
async fn converse(mut stream: WebSocketStream, principal: Principal) {
    let ended = principal.ended();
    tokio::pin!(ended);
    loop {
        tokio::select! {
            () = &mut ended => {
                let close = Message::Close(Some((CloseCode::from(NOT_AUTHENTICATED), "not signed in any more".to_owned())));
                // A client that does not listen any more is gone as well.
                let _ = timeout(Duration::from_secs(5), stream.send(close)).await;
                return;
            }
            message = stream.next() => match message {
                Some(Ok(Message::Text(text))) => {
                    if stream.send(Message::Text(text)).await.is_err() {
                        return;
                    }
                }
                Some(Ok(Message::Ping(_) | Message::Pong(_) | Message::Binary(_))) => {}
                Some(Ok(Message::Close(_)) | Err(_)) | None => return,
            },
        }
    }
}
