//! Credentials for clients of the Azure SDK for Rust.

use std::fmt;
use std::sync::Arc;

use async_trait::async_trait;
use azure_core::credentials::{AccessToken, TokenCredential, TokenRequestOptions};
use azure_core::error::ErrorKind;
use azure_core::time::OffsetDateTime;
use secrecy::ExposeSecret;

use super::acquisition::Holder;
use super::sdk_scopes::{SdkScopes, SdkScopesError};
use super::token_error::TokenError;
use crate::io::tokens::named_apis;
use crate::io::tokens::token_problem::TokenProblem;
use crate::model::callers::principal::Principal;
use crate::model::downstream::need::Need;
use crate::model::downstream::permission::ResourceName;
use crate::model::downstream::tokens_in_hand::TokenInHand;
use crate::model::unix_time::UnixTime;
use crate::web::application::opened_session::OpenedSession;
use crate::web::application::state::{Application, MountedApplication};

/// What is declared where a principal came in.
#[derive(Clone, Default)]
pub(crate) struct DeclaredApis {
    /// By the guards in front of the handler, and by the handler itself.
    pub(crate) handler: Vec<&'static [Need]>,
    /// None where no request came in.
    pub(crate) mounted: Option<Arc<MountedApplication>>,
}

/// A credential with which clients act for one person, as long as their session or their access token lasts.
pub(crate) struct PersonCredential {
    pub(crate) application: Arc<Application>,
    pub(crate) principal: Arc<Principal>,
    pub(crate) session: Option<Arc<OpenedSession>>,
    pub(crate) declared: DeclaredApis,
}

/// A credential with which clients act for the program itself.
pub(crate) struct ProgramCredential(pub(crate) Arc<Application>);

#[async_trait]
impl TokenCredential for PersonCredential {
    async fn get_token(
        &self,
        scopes: &[&str],
        _options: Option<TokenRequestOptions<'_>>,
    ) -> azure_core::Result<AccessToken> {
        let scopes = SdkScopes::read(scopes).map_err(failed)?;
        let needs = self.declared(&scopes).map_err(failed)?;
        let resource = needs.iter().find_map(Need::resource).unwrap_or(ResourceName::Graph);
        let token = self.token(&needs).await;
        token.map(|token| written(&token)).map_err(|problem| failed(TokenError::new(problem, resource, &needs)))
    }
}

#[async_trait]
impl TokenCredential for ProgramCredential {
    async fn get_token(
        &self,
        scopes: &[&str],
        _options: Option<TokenRequestOptions<'_>>,
    ) -> azure_core::Result<AccessToken> {
        let scopes = SdkScopes::read(scopes).map_err(failed)?;
        scopes.check_default().map_err(failed)?;
        let resource = if scopes.api == self.0.graph() {
            ResourceName::Graph
        } else {
            let too_many = || failed(SdkScopesError::TooManyApis { most: named_apis::MOST_APIS });
            named_apis::find(scopes.api).ok_or_else(too_many)?
        };
        let token = self.0.tokens.of_program(resource, None).await;
        token.map(|token| written(&token)).map_err(|problem| failed(TokenError::new(problem, resource, &[])))
    }
}

impl PersonCredential {
    /// What the handler declares goes first: a person has agreed to that, and perhaps not to what other handlers need.
    fn declared(&self, scopes: &SdkScopes<'_>) -> Result<Vec<Need>, SdkScopesError> {
        let graph = self.application.graph();
        let of_handler = || scopes.declared_in(&self.declared.handler.concat(), &graph);
        let of_table = || scopes.declared_in(&self.declared.mounted.as_ref()?.table.needs, &graph);
        of_handler().or_else(of_table).ok_or_else(|| scopes.undeclared())
    }

    /// One token with all of these permissions, which are of one API.
    async fn token(&self, needs: &[Need]) -> Result<Arc<TokenInHand>, TokenProblem> {
        let Self { application, principal, session, .. } = self;
        let holder = Holder { application, principal, session: session.as_ref() };
        holder.check_standing().await?;
        let mut token = Err(TokenProblem::ConsentRequired { scopes: Vec::new(), error: None });
        // A token is asked for with what the one before it was asked with: the last one is good for all.
        for need in needs {
            token = Ok(holder.token(need.permissions(), &[]).await?);
        }
        token
    }
}

/// As the SDK has tokens. It does not print the text.
fn written(token: &TokenInHand) -> AccessToken {
    let ends_at = i64::try_from(token.held.ends_at.min(UnixTime::END_OF_YEAR_9999).0).unwrap_or_default();
    let ends_at = OffsetDateTime::from_unix_timestamp(ends_at).unwrap_or(OffsetDateTime::UNIX_EPOCH);
    AccessToken::new(token.held.secret.expose_secret().to_owned(), ends_at)
}

fn failed(error: impl std::error::Error + Send + Sync + 'static) -> azure_core::Error {
    azure_core::Error::new(ErrorKind::Credential, error)
}

impl fmt::Debug for PersonCredential {
    fn fmt(&self, formatter: &mut fmt::Formatter<'_>) -> fmt::Result {
        formatter.debug_struct("PersonCredential").finish_non_exhaustive()
    }
}

impl fmt::Debug for ProgramCredential {
    fn fmt(&self, formatter: &mut fmt::Formatter<'_>) -> fmt::Result {
        formatter.debug_struct("ProgramCredential").finish_non_exhaustive()
    }
}
