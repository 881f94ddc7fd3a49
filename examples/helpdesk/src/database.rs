//! Tickets, and what happened to them, in a database.

use std::sync::{Arc, Mutex, PoisonError};

use async_graphql::SimpleObject;
use azure_auth::{Has, UserId};
use poem::http::StatusCode;
use poem::{Error, Result};
use rusqlite::types::FromSqlError;
use rusqlite::{Connection, Params, Row};
use serde::{Deserialize, Serialize};
use tokio::sync::broadcast;
use tokio::task::spawn_blocking;

use crate::vocabulary::Admin;

/// It is open until it has an answer.
#[derive(Debug, Deserialize, Serialize, SimpleObject)]
pub(crate) struct Ticket {
    pub(crate) id: i64,
    #[graphql(skip)]
    pub(crate) owner: UserId,
    pub(crate) title: String,
    pub(crate) text: String,
    pub(crate) answer: Option<String>,
}

/// What a person writes to open one.
#[derive(Deserialize)]
pub(crate) struct Draft {
    title: String,
    text: String,
}

/// One connection for everybody: `SQLite` writes one thing at a time anyway.
#[derive(Clone)]
pub(crate) struct Database {
    connection: Arc<Mutex<Connection>>,
    /// The owners of tickets, whenever something happens to one.
    pub(crate) changes: broadcast::Sender<UserId>,
}

impl Database {
    /// A file, or `:memory:`.
    pub(crate) fn open(path: &str) -> rusqlite::Result<Self> {
        let connection = Connection::open(path)?;
        connection.execute_batch(include_str!("../schema.sql"))?;
        Ok(Self { connection: Arc::new(Mutex::new(connection)), changes: broadcast::Sender::new(64) })
    }

    /// Those of one person, or all of them.
    pub(crate) async fn tickets(&self, owner: Option<&UserId>) -> Result<Vec<Ticket>> {
        let sql = "SELECT * FROM ticket WHERE ?1 IS NULL OR owner = ?1 ORDER BY id DESC";
        let owner = owner.map(ToString::to_string);
        self.with(move |database| database.prepare(sql)?.query_map([owner], ticket)?.collect()).await
    }

    /// Whosesoever it is.
    pub(crate) async fn ticket(&self, id: i64) -> Result<Ticket> {
        self.with(move |database| database.query_row("SELECT * FROM ticket WHERE id = ?1", [id], ticket)).await
    }

    pub(crate) async fn add(&self, owner: &UserId, Draft { title, text }: Draft) -> Result<Ticket> {
        let sql = "INSERT INTO ticket (owner, title, text) VALUES (?1, ?2, ?3) RETURNING *";
        self.change(owner, "opened", sql, (owner.to_string(), title, text)).await
    }

    /// Nobody comes here whom the guard did not find to be an administrator.
    pub(crate) async fn answer(&self, _: Has<Admin>, by: &UserId, id: i64, words: String) -> Result<Ticket> {
        self.change(by, "answered", "UPDATE ticket SET answer = ?2 WHERE id = ?1 RETURNING *", (id, words)).await
    }

    /// What people did last, newest first: when, who, what.
    pub(crate) async fn audit(&self) -> Result<Vec<[String; 3]>> {
        let sql = "SELECT at, who, what FROM audit ORDER BY rowid DESC LIMIT 100";
        let line = |row: &Row<'_>| Ok([row.get(0)?, row.get(1)?, row.get(2)?]);
        self.with(move |database| database.prepare(sql)?.query_map([], line)?.collect()).await
    }

    /// Changes a ticket and notes it, or does neither.
    async fn change<V>(&self, who: &UserId, verb: &'static str, sql: &'static str, values: V) -> Result<Ticket>
    where
        V: Params + Send + 'static,
    {
        let who = who.to_string();
        let changed = self.with(move |database| {
            let transaction = database.transaction()?;
            let changed = transaction.query_row(sql, values, ticket)?;
            note(&transaction, &who, &format!("{verb} ticket {}", changed.id))?;
            transaction.commit().map(|()| changed)
        });
        // There may be nobody who listens.
        changed.await.inspect(|ticket| drop(self.changes.send(ticket.owner.clone())))
    }

    /// On a thread that may wait. What went wrong is for the log, not for the visitor.
    async fn with<T: Send + 'static>(
        &self,
        work: impl FnOnce(&mut Connection) -> rusqlite::Result<T> + Send + 'static,
    ) -> Result<T> {
        let connection = self.connection.clone();
        let task = spawn_blocking(move || work(&mut connection.lock().unwrap_or_else(PoisonError::into_inner)));
        match task.await {
            Ok(Ok(found)) => Ok(found),
            Ok(Err(rusqlite::Error::QueryReturnedNoRows)) => Err(Error::from_status(StatusCode::NOT_FOUND)),
            failed => {
                tracing::error!("the database failed: {:?}", failed.map(Result::err));
                Err(Error::from_status(StatusCode::INTERNAL_SERVER_ERROR))
            }
        }
    }
}

fn ticket(row: &Row<'_>) -> rusqlite::Result<Ticket> {
    let owner = row.get::<_, String>("owner")?.parse().map_err(FromSqlError::other)?;
    let (id, answer) = (row.get("id")?, row.get("answer")?);
    Ok(Ticket { id, owner, title: row.get("title")?, text: row.get("text")?, answer })
}

fn note(database: &Connection, who: &str, what: &str) -> rusqlite::Result<()> {
    database.execute("INSERT INTO audit (who, what) VALUES (?1, ?2)", [who, what]).map(|_| ())
}
