//! The pages: for everybody, for people and their tickets, and for administrators.

use azure_auth::{Checked, Endpoints, Has, Login, Principal, Prompt, User};
use poem::http::Method;
use poem::web::{Data, Form, Html, Redirect};
use poem::{IntoResponse, Response, Result, get, handler, post};
use serde::Deserialize;

use crate::api::owner_or_admin;
use crate::database::{Database, Draft, Ticket};
use crate::vocabulary::Admin;

pub(crate) fn endpoints() -> Endpoints {
    azure_auth::endpoints! {
        "/"              => get(home),
        "/tickets"       => get(my_tickets).post(open_ticket),
        "/tickets/:id"   => get(one_ticket),
        "/admin"         => get(all_tickets),
        "/admin/answers" => post(reply),
    }
}

#[azure_auth::public(reason = "the start page")]
#[handler]
fn home(principal: Option<Principal>, login: Login) -> Response {
    if principal.is_some() {
        return page("Help desk", principal.as_ref(), "<p><a class=\"button\" href=\"/tickets\">Open a ticket</a></p>");
    }
    let login = login.return_to("/tickets");
    let other = escape(&login.clone().prompt(Prompt::SelectAccount).address());
    let body = format!(include_str!("../html/stranger.html"), login = escape(&login.address()), other = other);
    page("Help desk", None, &body)
}

#[azure_auth::protect(via = session)]
#[handler]
async fn my_tickets(principal: Principal, user: User, database: Data<&Database>) -> Result<Response> {
    let tickets = list(&database.tickets(Some(user.id())).await?);
    Ok(page("Your tickets", Some(&principal), &(include_str!("../html/open.html").to_owned() + &tickets)))
}

#[azure_auth::protect(via = session)]
#[handler]
async fn open_ticket(user: User, database: Data<&Database>, Form(draft): Form<Draft>) -> Result<Redirect> {
    let ticket = database.add(user.id(), draft).await?;
    Ok(Redirect::see_other(format!("/tickets/{}", ticket.id)))
}

#[azure_auth::protect(via = session, check = owner_or_admin)]
#[handler]
fn one_ticket(principal: Principal, ticket: Checked<Ticket>) -> Response {
    let answer = match &ticket.answer {
        Some(answer) => format!("<h2>Answer</h2><p>{}</p>", escape(answer)),
        None if principal.has_role(Admin).is_yes() => format!(include_str!("../html/answer.html"), id = ticket.id),
        None => "<p>Nobody has answered yet.</p>".to_owned(),
    };
    let body = format!("<div id=\"live\"><p>{}</p>{answer}</div>", escape(&ticket.text));
    page(&ticket.title, Some(&principal), &body)
}

#[azure_auth::protect(roles = Admin, via = session)]
#[handler]
async fn all_tickets(principal: Principal, database: Data<&Database>) -> Result<Response> {
    let log = database.audit().await?.into_iter();
    let log = log.map(|[at, who, what]| format!("<li>{what} <code>{}</code> <span>{at}</span></li>", escape(&who)));
    let log: String = log.collect();
    let body = format!("{}<h2>Audit log</h2><ul>{log}</ul>", list(&database.tickets(None).await?));
    Ok(page("Everybody's tickets", Some(&principal), &body))
}

#[derive(Deserialize)]
struct Answer {
    ticket: i64,
    words: String,
}

#[azure_auth::protect(roles = Admin, via = session)]
#[handler]
async fn reply(admin: Has<Admin>, user: User, database: Data<&Database>, form: Form<Answer>) -> Result<Redirect> {
    let Form(Answer { ticket, words }) = form;
    database.answer(admin, user.id(), ticket, words).await?;
    Ok(Redirect::see_other("/admin"))
}

fn list(tickets: &[Ticket]) -> String {
    let line = |Ticket { id, title, answer, .. }: &Ticket| {
        let state = if answer.is_some() { "answered" } else { "open" };
        format!("<li><a href=\"/tickets/{id}\">{}</a> <span>{state}</span></li>", escape(title))
    };
    format!("<ul id=\"live\">{}</ul>", tickets.iter().map(line).collect::<String>())
}

/// What the library has to say, in the looks of this application.
pub(crate) fn in_our_looks(page: &azure_auth::Page) -> String {
    let developer = page.diagnosis().map(|diagnosis| format!("For developers: {diagnosis}."));
    let details = page.details().map(|(name, value)| format!("{name}: {value}"));
    let paragraph = |line: String| format!("<p>{}</p>", escape(&line));
    let mut body: String = page.sentences().iter().cloned().chain(developer).chain(details).map(paragraph).collect();
    body.extend(page.actions().iter().map(|action| {
        let (label, address) = (action.label(), escape(action.address()));
        match *action.method() {
            Method::POST => format!("<form method=\"post\" action=\"{address}\"><button>{label}</button></form>"),
            _ => format!("<p><a class=\"button\" href=\"{address}\">{label}</a></p>"),
        }
    }));
    html(page.title(), "", &(body + page.library_html()))
}

fn page(title: &str, principal: Option<&Principal>, body: &str) -> Response {
    let is_admin = principal.is_some_and(|principal| principal.has_role(Admin).is_yes());
    let of_admin = if is_admin { include_str!("../html/admin.html") } else { "" };
    let of_person = if principal.is_some() { include_str!("../html/person.html") } else { "" };
    let page = Html(html(title, &(of_admin.to_owned() + of_person), body));
    page.with_header("content-security-policy", "default-src 'self'; frame-ancestors 'none'").into_response()
}

fn html(title: &str, links: &str, body: &str) -> String {
    format!(include_str!("../html/page.html"), title = escape(title), links = links, body = body)
}

fn escape(text: &str) -> String {
    text.replace('&', "&amp;").replace('<', "&lt;").replace('>', "&gt;").replace('"', "&quot;")
}
