//! Tells open pages that something happened to a ticket, until the session is over.

use azure_auth::{Principal, UserId};
use futures_util::{SinkExt, StreamExt};
use poem::web::Data;
use poem::web::websocket::{CloseCode, Message, WebSocket, WebSocketStream};
use poem::{IntoResponse, handler};
use tokio::sync::broadcast::Receiver;

use crate::database::Database;
use crate::vocabulary::Admin;

#[azure_auth::protect(via = session)]
#[handler]
pub(crate) fn live(socket: WebSocket, principal: Principal, database: Data<&Database>) -> impl IntoResponse {
    let changes = database.changes.subscribe();
    socket.on_upgrade(|stream| tell(stream, principal, changes))
}

async fn tell(mut stream: WebSocketStream, principal: Principal, mut changes: Receiver<UserId>) {
    let user = principal.user();
    let concerns = |owner| principal.has_role(Admin).is_yes() || user.as_ref().is_some_and(|user| *user.id() == owner);
    let ended = principal.ended();
    tokio::pin!(ended);
    loop {
        tokio::select! {
            () = &mut ended => break,
            Ok(owner) = changes.recv() => if concerns(owner) && stream.send(Message::text("changed")).await.is_err() { return },
            received = stream.next() => if !matches!(received, Some(Ok(_))) { return },
        }
    }
    let _ = stream.send(Message::Close(Some((CloseCode::from(4401), "not signed in any more".to_owned())))).await;
}
