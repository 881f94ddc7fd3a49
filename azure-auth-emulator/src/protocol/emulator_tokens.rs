//! `/emulator/tokens`: access tokens for those who test an API from a shell. The real service has nothing like it.

use std::str::FromStr;

use poem::Response;
use poem::http::StatusCode;
use poem::http::header::{ALLOW, HeaderValue};
use serde_json::{Value, json};

use crate::directory::resources::resource::unknown_scope;
use crate::exchange::call::Call;
use crate::exchange::response::{self, text};
use crate::faults::entra_error::EntraError;
use crate::memory::state::State;
use crate::tokens::token_builder::TokenBuilder;
use crate::tokens::token_error::TokenError;

const HELP: &str = "\
POST a form or a JSON object here, and the answer is an access token:

  curl -d user=adele@contoso.test -d scope=Files.Read .../emulator/tokens

  user        for this person, by user name; the first one if neither user nor client is given
  client      asked for by this application, by name or client id; without user, for itself
  scope       with these scopes of the API, short, separated by spaces
  role        with these roles of the API instead of those of the directory
  group       with these groups instead of those of the directory
  audience    for this API, by client id or identifier URI, or for any other audience
  tenant      from this tenant, by id or domain
  version     of this version, 1 or 2
  expires_in  valid for so many seconds; a negative number makes it expired
  idtyp       true: says whether it is app-only
  overage     true: as if the groups were too many
  kind        access, graph or id

scope, role and group may be given several times. With Accept: application/json the answer is an object.
";

/// `POST` with fields of a form, or members of a JSON object. The answer is the token alone, ready for
/// `$(curl -s …)`, unless JSON is asked for.
pub(crate) fn answer(state: &State, call: &Call) -> Response {
    if !call.is_post() {
        let mut help = text(StatusCode::METHOD_NOT_ALLOWED, HELP);
        help.headers_mut().insert(ALLOW, HeaderValue::from_static("POST"));
        return help;
    }
    let wants_json = call.accept.contains("application/json");
    let token = read_fields(call).and_then(|fields| describe(state, &fields)).map_err(Refusal::Field);
    match token.and_then(|token| token.try_issue().map_err(Refusal::of_token)) {
        Ok(token) if wants_json => response::json(200, &json!({"token_type": "Bearer", "access_token": token})),
        Ok(token) => text(StatusCode::OK, &token),
        Err(Refusal::Scope(error)) if wants_json => response::json(error.status(), &error.to_json()),
        Err(Refusal::Field(problem)) if wants_json => response::json(400, &json!({"error": problem})),
        Err(Refusal::Scope(error)) => text(StatusCode::BAD_REQUEST, &format!("{}\n", error.short_description())),
        Err(Refusal::Field(problem)) => text(StatusCode::BAD_REQUEST, &format!("{problem}\n")),
    }
}

/// Why a token is refused.
enum Refusal {
    /// The token endpoint refuses it as well, in the same words.
    Scope(EntraError),
    /// No other endpoint has such fields.
    Field(String),
}

impl Refusal {
    fn of_token(error: TokenError) -> Self {
        match error {
            TokenError::UnknownScope { found, application } => Self::Scope(unknown_scope(&found, &application)),
            other => Self::Field(other.to_string()),
        }
    }
}

/// The token that the fields describe.
fn describe<'s>(state: &'s State, fields: &[(String, String)]) -> Result<TokenBuilder<'s>, String> {
    let has_user = fields.iter().any(|(name, _)| name == "user");
    fields.iter().try_fold(TokenBuilder::new(state), |token, (name, value)| apply(token, name, value, has_user))
}

fn apply<'s>(token: TokenBuilder<'s>, name: &str, value: &str, has_user: bool) -> Result<TokenBuilder<'s>, String> {
    Ok(match name {
        "user" => token.user(value),
        "client" if has_user => token.client(value),
        "client" => token.application(value),
        "scope" => value.split_whitespace().fold(token, TokenBuilder::scope),
        "role" => value.split_whitespace().fold(token, TokenBuilder::role),
        "group" => value.split_whitespace().fold(token, TokenBuilder::group),
        "audience" => token.audience(value),
        "tenant" => token.tenant(value),
        "version" => token.version(read_value(name, value, "1 or 2")?),
        "expires_in" => token.expires_in(read_value(name, value, "a number of seconds")?),
        "idtyp" if read_value(name, value, "true or false")? => token.idtyp(),
        "overage" if read_value(name, value, "true or false")? => token.overage(),
        "idtyp" | "overage" => token,
        "kind" => match value {
            "access" => token,
            "graph" => token.graph(),
            "id" => token.id_token(),
            _ => return Err(format!("found kind={value}, expected access, graph or id")),
        },
        _ => return Err(format!("found the field {name:?}, expected one of those below\n\n{HELP}")),
    })
}

fn read_value<Wanted: FromStr>(name: &str, value: &str, expected: &str) -> Result<Wanted, String> {
    value.parse().map_err(|_| format!("found {name}={value}, expected {expected}"))
}

fn read_fields(call: &Call) -> Result<Vec<(String, String)>, String> {
    if !call.content_type.starts_with("application/json") {
        return Ok(call.form.clone());
    }
    match serde_json::from_slice(&call.body) {
        Ok(Value::Object(members)) => Ok(members.into_iter().flat_map(|(name, value)| pairs(&name, value)).collect()),
        Ok(_) => Err("the body is JSON, but not an object".to_owned()),
        Err(error) => Err(format!("the body is not JSON: {error}")),
    }
}

/// A list means the same as a field that is given several times.
fn pairs(name: &str, value: Value) -> Vec<(String, String)> {
    match value {
        Value::Array(values) => values.into_iter().flat_map(|value| pairs(name, value)).collect(),
        Value::String(text) => vec![(name.to_owned(), text)],
        other => vec![(name.to_owned(), other.to_string())],
    }
}
