//! The groups of people who are in too many for a token, asked of Microsoft Graph.

use std::time::Duration;

use azure_auth_policy::Guid;
use http::header::{ACCEPT, AUTHORIZATION, CONTENT_TYPE};
use http::{Request, StatusCode};
use secrecy::SecretString;
use thiserror::Error;

use super::observed::Asked;
use super::transport::{self, Transport};
use super::transport_error::{TIME_LIMIT, TransportError};
use crate::model::callers::groups::{Groups, RelevantGroups};
use crate::model::downstream::held_token;
use crate::model::refusals::diagnosis::{Details, Diagnosed};
use crate::rules::downstream::member_groups::{self, MemberGroupsProblem, PATH};

/// Why Microsoft Graph did not say which groups somebody belongs to. It leaves all of them unknown.
#[derive(Clone, Debug, PartialEq, Eq, Error)]
pub(crate) enum MemberGroupsError {
    #[error("Microsoft Graph: {0}")]
    Transport(#[from] TransportError),
    #[error("the access token for Microsoft Graph cannot be sent in a header")]
    Token,
    /// Usual cause: nobody agreed to `User.Read`, or Graph wants fewer requests.
    #[error("Microsoft Graph: the answer has status {status}")]
    Status { status: u16, retry_after: Option<Duration> },
    #[error("Microsoft Graph: the answer about groups says nothing: {0}")]
    Answer(#[from] MemberGroupsProblem),
}

impl MemberGroupsError {
    /// When the same question may have another answer, if Graph said so.
    pub(crate) fn retry_after(&self) -> Option<Duration> {
        match self {
            Self::Status { retry_after, .. } => *retry_after,
            _ => None,
        }
    }
}

impl Diagnosed for MemberGroupsError {
    fn details(&self) -> Details {
        const EXPECTED: &str = "the groups in question that the person belongs to";
        let details = Details::new(self.to_string(), EXPECTED);
        match self {
            Self::Transport(TransportError::NoConnection | TransportError::Untrusted(_)) => {
                details.remedy("check `AZURE_GRAPH_URI`, the network, and the proxy of this machine (`HTTPS_PROXY`)")
            }
            Self::Transport(error) => details.remedy(error.remedy()),
            Self::Status { status: 429 | 500.., .. } => details.remedy("wait; if it lasts, look at Microsoft's health page"),
            Self::Status { status: 401 | 403, .. } => details.remedy(
                "let the registration have the delegated permission `User.Read` of Microsoft Graph, and let the person or \
                 an administrator agree to it",
            ),
            Self::Token | Self::Status { .. } | Self::Answer(_) => {
                details.remedy("see what answers at the address of Microsoft Graph, for example a proxy; check `AZURE_GRAPH_URI`")
            }
        }
    }
}

/// Asks which of these groups the person of the token belongs to, who has to have agreed to `User.Read`. `graph`: the address
/// of Microsoft Graph. All answers together have as much time as any other one: somebody waits for them.
pub(crate) async fn look_up(
    transport: &Transport,
    graph: &str,
    access_token: &SecretString,
    groups: &RelevantGroups,
) -> Result<Groups, MemberGroupsError> {
    let asking = async {
        let mut members = Vec::new();
        for question in member_groups::questions(groups.ids()) {
            members.extend(ask(transport, graph, access_token, question).await?);
        }
        Ok(groups.answered(members))
    };
    tokio::time::timeout(TIME_LIMIT, asking).await.unwrap_or(Err(TransportError::TimedOut.into()))
}

async fn ask(
    transport: &Transport,
    graph: &str,
    access_token: &SecretString,
    groups: &[Guid],
) -> Result<Vec<Guid>, MemberGroupsError> {
    let bearer = held_token::authorization(access_token).ok_or(MemberGroupsError::Token)?;
    let request = Request::post(format!("{graph}{PATH}"))
        .header(ACCEPT, "application/json")
        .header(CONTENT_TYPE, "application/json")
        .header(AUTHORIZATION, bearer)
        .body(member_groups::body(groups))
        .map_err(|_| TransportError::NoConnection)?;
    let answer = transport.ask(Asked::MemberGroups, request).await?;
    if answer.status() != StatusCode::OK {
        let retry_after = transport::retry_after(&answer);
        return Err(MemberGroupsError::Status { status: answer.status().as_u16(), retry_after });
    }
    Ok(member_groups::read(answer.body(), groups)?)
}
