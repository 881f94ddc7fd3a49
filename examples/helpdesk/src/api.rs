//! The API: for clients of people, for scripts on pages, and for a job.

use azure_auth::{Checked, Endpoints, Principal, Refusal, User};
use poem::web::{Data, Json};
use poem::{Request, Result, get, handler};

use crate::database::{Database, Draft, Ticket};
use crate::vocabulary::{Admin, Export, TicketsRead, TicketsWrite};

pub(crate) fn endpoints() -> Endpoints {
    azure_auth::endpoints! {
        "/tickets"     => get(list_tickets).post(open_ticket),
        "/tickets/:id" => get(read_ticket),
        "/export"      => get(export_tickets),
    }
}

/// The ticket that is asked for, for its owner and administrators. Everybody else learns as much as of one that is not there.
pub(crate) async fn owner_or_admin(principal: &Principal, request: &Request) -> Result<Ticket, Refusal> {
    let nothing = || Refusal::not_found("There is no such ticket.");
    let database = request.data::<Database>().ok_or_else(nothing)?;
    let id = request.path_params().map_err(|_| nothing())?;
    let ticket = database.ticket(id).await.map_err(|_| nothing())?;
    let is_owner = principal.user().is_some_and(|user| *user.id() == ticket.owner);
    if is_owner || principal.has_role(Admin).is_yes() { Ok(ticket) } else { Err(nothing()) }
}

#[azure_auth::protect(scopes = TicketsRead)]
#[handler]
async fn list_tickets(database: Data<&Database>, user: User) -> Result<Json<Vec<Ticket>>> {
    database.tickets(Some(user.id())).await.map(Json)
}

#[azure_auth::protect(scopes = TicketsWrite)]
#[handler]
async fn open_ticket(database: Data<&Database>, user: User, Json(draft): Json<Draft>) -> Result<Json<Ticket>> {
    database.add(user.id(), draft).await.map(Json)
}

#[azure_auth::protect(scopes = TicketsRead, check = owner_or_admin)]
#[handler]
fn read_ticket(ticket: Checked<Ticket>) -> Json<Ticket> {
    Json(ticket.into_inner())
}

/// What the job fetches every night, with a token of its own and no person behind it.
#[azure_auth::protect(application_roles = Export)]
#[handler]
async fn export_tickets(database: Data<&Database>) -> Result<Json<Vec<Ticket>>> {
    database.tickets(None).await.map(Json)
}
