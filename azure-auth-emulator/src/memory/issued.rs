//! Codes and tokens that were issued, and what is behind them.

use std::collections::HashMap;
use std::sync::Mutex;
use std::time::Instant;

use super::claims_request::ClaimsRequest;
use super::lock;
use super::random::random_text;
use crate::directory::authority::Authority;
use crate::directory::platform::Platform;
use crate::directory::user::User;

/// What a person agreed to, behind a code or a refresh token.
#[derive(Clone, Debug)]
pub(crate) struct Grant {
    pub(crate) authority: Authority,
    /// The tenant the person signed in to.
    pub(crate) tenant: String,
    pub(crate) user: User,
    /// `sid` of the browser session in which they agreed.
    pub(crate) sid: String,
    pub(crate) client_id: String,
    pub(crate) redirect_uri: String,
    /// What the redirect URI is registered for.
    pub(crate) platform: Platform,
    pub(crate) scope: String,
    pub(crate) nonce: Option<String>,
    pub(crate) code_challenge: Option<String>,
    /// What the person was asked to prove beyond who they are.
    pub(crate) claims: ClaimsRequest,
    /// When the code was issued. A refresh token inherits it.
    pub(crate) issued: Instant,
    pub(crate) is_used: bool,
}

impl Grant {
    pub(crate) fn has_scope(&self, name: &str) -> bool {
        self.scope.split(' ').any(|scope| scope == name)
    }
}

#[derive(Debug, Default)]
pub(crate) struct Issued {
    /// Codes, including those that were redeemed.
    codes: Mutex<HashMap<String, Grant>>,
    refresh_tokens: Mutex<HashMap<String, RefreshToken>>,
    access_tokens: Mutex<HashMap<String, AccessTokenRecord>>,
}

#[derive(Clone, Debug)]
struct RefreshToken {
    grant: Grant,
    end: Option<End>,
}

/// Why a refresh token is not good any more.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum End {
    /// The person's sessions were revoked.
    Revoked,
    /// It was not used for 90 days.
    Inactive,
}

/// What an access token cannot say of itself.
#[derive(Clone, Debug, Default)]
pub(crate) struct AccessTokenRecord {
    /// Whom it was issued to, for `UserInfo`.
    pub(crate) grant: Option<Grant>,
    /// What it was asked to prove.
    pub(crate) claims: ClaimsRequest,
}

impl Issued {
    pub(crate) fn issue_code(&self, grant: Grant) -> String {
        let code = format!("1.{}", random_text());
        lock(&self.codes).insert(code.clone(), grant);
        code
    }

    /// The grant behind a code, which stays as it is.
    pub(crate) fn code_grant(&self, code: &str) -> Option<Grant> {
        lock(&self.codes).get(code).cloned()
    }

    /// The grant behind a code, as it was before; from now on it is used.
    pub(crate) fn use_code(&self, code: &str) -> Option<Grant> {
        let mut codes = lock(&self.codes);
        let grant = codes.get_mut(code)?;
        let before = grant.clone();
        grant.is_used = true;
        Some(before)
    }

    pub(crate) fn issue_refresh_token(&self, grant: Grant) -> String {
        let token = format!("1.R{}", random_text());
        lock(&self.refresh_tokens).insert(token.clone(), RefreshToken { grant, end: None });
        token
    }

    /// The grant behind a refresh token, and why it is not good any more if it is not.
    pub(crate) fn refresh_grant(&self, token: &str) -> Option<(Grant, Option<End>)> {
        lock(&self.refresh_tokens).get(token).map(|token| (token.grant.clone(), token.end))
    }

    /// Ends the refresh tokens that a person has now.
    pub(crate) fn end_refresh_tokens(&self, user: &User, end: End) {
        let mut tokens = lock(&self.refresh_tokens);
        tokens.values_mut().filter(|token| token.grant.user.id == user.id).for_each(|token| token.end = Some(end));
    }

    pub(crate) fn note_access_token(&self, token: &str, record: AccessTokenRecord) {
        lock(&self.access_tokens).insert(token.to_owned(), record);
    }

    /// What is known of an access token, if this emulator issued it.
    pub(crate) fn access_token(&self, token: &str) -> Option<AccessTokenRecord> {
        lock(&self.access_tokens).get(token).cloned()
    }
}
