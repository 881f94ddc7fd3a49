//! `/emulator/defects`: what is wrong on purpose, to be changed while the emulator runs. The real service has nothing like it.

use std::fmt::Write;

use poem::Response;
use poem::http::StatusCode;

use crate::exchange::call::Call;
use crate::exchange::pages::{escape, page};
use crate::exchange::response::{redirect, text};
use crate::faults::defect::Defect;
use crate::memory::issued::End;
use crate::memory::state::State;
use crate::tokens::token_error::TokenError;

/// `GET` shows the page. `POST` with `defect` injects one of that name, and with `clear` everything is right again; `revoke`
/// and `withdraw` name a person, whose refresh tokens end, or who is asked again for what they agreed to.
pub(crate) fn answer(state: &State, call: &Call) -> Response {
    if !call.is_post() {
        return show(state);
    }
    if call.pressed("clear").is_some() {
        state.clear_defects();
        return redirect(&call.path);
    }
    for name in ["revoke", "withdraw"] {
        let Some(person) = call.pressed(name) else { continue };
        let Some(user) = state.directory.user_by_name(person) else {
            return text(StatusCode::BAD_REQUEST, &format!("{}\n", TokenError::unknown_user(person, &state.directory)));
        };
        match name {
            "revoke" => state.issued.end_refresh_tokens(user, End::Revoked),
            _ => state.consents.withdraw(user),
        }
        return redirect(&call.path);
    }
    match call.pressed("defect").unwrap_or_default().parse::<Defect>() {
        Ok(defect) => {
            state.inject(defect);
            redirect(&call.path)
        }
        Err(unknown) => text(StatusCode::BAD_REQUEST, &format!("{unknown}\n")),
    }
}

fn show(state: &State) -> Response {
    let injected = state.defects();
    let mut body = String::from("<p>A relying party must be right about what is wrong here.</p>");
    body += "<form method=\"post\">";
    if !injected.is_empty() {
        let names: Vec<&str> = injected.iter().map(|defect| defect.name()).collect();
        let _ = write!(body, "<p>Now: <code>{}</code></p>", escape(&names.join(" ")));
        body += "<button class=\"account\" name=\"clear\" value=\"1\"><strong>Be right again</strong></button>";
    }
    for defect in Defect::ALL.iter().filter(|defect| !injected.contains(defect)) {
        let (name, description) = (escape(defect.name()), escape(defect.description().trim()));
        let _ = write!(
            body,
            "<button class=\"account\" name=\"defect\" value=\"{name}\"><strong>{name}</strong>\
             <span class=\"quiet\">{description}</span></button>"
        );
    }
    body += "<h2>People</h2>";
    for user in state.directory.users() {
        let (name, user_name) = (escape(&user.name), escape(&user.user_name));
        let _ = write!(
            body,
            "<p>{name} <button name=\"revoke\" value=\"{user_name}\">End refresh tokens</button> \
             <button name=\"withdraw\" value=\"{user_name}\">Forget consent</button></p>"
        );
    }
    page(StatusCode::OK, "Wrong on purpose", &(body + "</form>"))
}
