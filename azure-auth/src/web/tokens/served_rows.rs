//! Whether the rows of a table that take tokens for other APIs can be served at all.

use azure_auth_policy::Via;

use crate::io::tokens::token_problem::NotKept;
use crate::model::downstream::need::Need;
use crate::model::policies::row::Row;
use crate::model::refusals::diagnosis::Diagnosis;
use crate::model::refusals::reason::Reason;
use crate::web::application::state::Application;

/// What keeps a table from being served: found at start, and not by the first person who opens the page.
pub(crate) fn problems(rows: &[Row], application: &Application) -> Vec<String> {
    rows.iter().filter_map(|row| problem(row, application)).chain(without_use(rows, application)).collect()
}

/// What people would be asked for and nobody could use: the permissions of other APIs are declared where they are used.
fn without_use(rows: &[Row], application: &Application) -> Option<String> {
    let acts_for_people = rows.iter().flat_map(Row::needs).any(|need| !need.permissions().is_empty());
    let shapes_sign_in = |scope: &&String| OF_SIGN_IN.contains(&scope.as_str());
    let mut scopes = application.configuration.scopes.iter().filter(|scope| !shapes_sign_in(scope));
    // What a scope of another provider is for, only that provider knows: `groups` is often one that tells the groups.
    let is_known = application.configuration.authority.is_entra();
    let scope = scopes.next().filter(|_| is_known && !acts_for_people)?;
    Some(format!(
        "`AzureAuthBuilder::scopes` asks people for {scope:?}, and no handler takes a token for another API; take \
         `Token<…>` in the handler that calls it, which asks by itself, or remove the scope"
    ))
}

/// Scopes of OpenID Connect that say what an ID token tells.
const OF_SIGN_IN: [&str; 5] = ["openid", "profile", "email", "address", "phone"];

fn problem(row: &Row, application: &Application) -> Option<String> {
    let why = row.needs().find_map(|need| {
        let of_any = || application.tokens.check().err();
        match need {
            Need::Nothing => None,
            Need::Person { .. } => of_any().or_else(|| of_sessions(row, application)),
            Need::Application(_) => of_any().or_else(|| of_program(application)),
        }
    })?;
    let Diagnosis { cause, remedy, .. } = Diagnosis::of(&why, Reason::TokensNotKept);
    Some(format!("{} {} takes a token for another API: {cause}; {remedy}", row.method(), row.path))
}

/// A row that is for access tokens alone gets its tokens with those.
fn of_sessions(row: &Row, application: &Application) -> Option<NotKept> {
    let takes_sessions = row.access().requirements().iter().all(|requirement| requirement.via != Some(Via::Bearer));
    let store = application.sessions.as_ref().filter(|_| takes_sessions)?;
    (!store.keeps_beside()).then_some(NotKept::Cookies)
}

fn of_program(application: &Application) -> Option<NotKept> {
    let has_tenant = application.tokens.tenant.is_some() || application.configuration.authority.is_of_one_tenant();
    (!has_tenant).then_some(NotKept::NoTenant)
}
