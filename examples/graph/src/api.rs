//! What programs get: the same for people, whose program calls with an access token, and a report for jobs.

use azure_auth::graph::{MailRead, Resource, UserRead};
use azure_auth::{ApplicationToken, Token};
use poem::web::{Data, Json};
use poem::{Result, handler};
use serde_json::{Value, json};

use crate::graph::Graph;

azure_auth::app! {
    roles: { ReportReadAll("Report.Read.All") = "Can read the report, as a job without a person" },
}

/// A script of our own pages comes with the session. For a program with an access token Graph is asked on behalf of its
/// person.
#[azure_auth::protect]
#[handler]
pub(crate) async fn profile(token: Token<UserRead>, graph: Data<&Graph>) -> Result<Json<Value>> {
    let profile = graph.me(&token).await?;
    Ok(Json(json!({ "displayName": profile.display_name })))
}

#[azure_auth::protect]
#[handler]
pub(crate) async fn mail(token: Token<MailRead>, graph: Data<&Graph>) -> Result<Json<Value>> {
    let subjects: Vec<Option<String>> =
        graph.messages(&token).await?.into_iter().map(|message| message.subject).collect();
    Ok(Json(json!({ "subjects": subjects })))
}

/// Nobody is signed in here: Graph is asked by the program for itself, with what an administrator granted it.
#[azure_auth::protect(application_roles = ReportReadAll)]
#[handler]
pub(crate) async fn organization(token: ApplicationToken<Resource>, graph: Data<&Graph>) -> Result<Json<Value>> {
    Ok(Json(graph.organization(&token).await?))
}
