//! The claims of an ID token as received. Nothing here has been judged.

use std::collections::BTreeMap;

use serde_json::Value;

use super::json::{Interest, JsonProblem, Member, Members};
use super::unix_time::UnixTime;

/// Claims as they stand in an ID token (OpenID Connect Core 1.0 §2), with Entra's own beside them.
#[derive(Clone, Debug, Default, PartialEq)]
pub(crate) struct IdTokenClaims {
    pub(crate) iss: Option<String>,
    pub(crate) sub: Option<String>,
    pub(crate) aud: Option<String>,
    pub(crate) exp: Option<UnixTime>,
    pub(crate) nbf: Option<UnixTime>,
    pub(crate) iat: Option<UnixTime>,
    pub(crate) nonce: Option<String>,
    pub(crate) at_hash: Option<String>,
    pub(crate) tid: Option<String>,
    pub(crate) oid: Option<String>,
    pub(crate) name: Option<String>,
    pub(crate) preferred_username: Option<String>,
    pub(crate) email: Option<String>,
    pub(crate) roles: Vec<String>,
    pub(crate) login_hint: Option<String>,
    /// Further claims that the application asked to keep.
    pub(crate) kept: BTreeMap<String, Value>,
}

/// Reads the claims and keeps those further ones whose names are listed.
pub(crate) struct ClaimsReader<'a> {
    pub(crate) claims: IdTokenClaims,
    pub(crate) keep: &'a [String],
}

const READ: [&str; 15] = [
    "iss",
    "sub",
    "aud",
    "exp",
    "nbf",
    "iat",
    "nonce",
    "at_hash",
    "tid",
    "oid",
    "name",
    "preferred_username",
    "email",
    "roles",
    "login_hint",
];

impl<'de> Members<'de> for ClaimsReader<'_> {
    fn interest(&self, name: &str) -> Interest {
        if READ.contains(&name) {
            Interest::Read
        } else if self.keep.iter().any(|kept| kept == name) {
            Interest::Keep
        } else {
            Interest::None
        }
    }

    fn take(&mut self, name: &str, member: Member<'de>) -> Result<(), JsonProblem> {
        if self.keep.iter().any(|kept| kept == name) {
            self.claims.kept.insert(name.to_owned(), member.to_value());
        }
        let claims = &mut self.claims;
        let text = |member: Member<'de>, name| member.text(name).map(|text| Some(text.into_owned()));
        let time = |member: Member<'de>, name| member.whole(name).map(|seconds| Some(UnixTime(seconds)));
        match name {
            "iss" => claims.iss = text(member, "iss")?,
            "sub" => claims.sub = text(member, "sub")?,
            "aud" => claims.aud = text(member, "aud")?,
            "exp" => claims.exp = time(member, "exp")?,
            "nbf" => claims.nbf = time(member, "nbf")?,
            "iat" => claims.iat = time(member, "iat")?,
            "nonce" => claims.nonce = text(member, "nonce")?,
            "at_hash" => claims.at_hash = text(member, "at_hash")?,
            "tid" => claims.tid = text(member, "tid")?,
            "oid" => claims.oid = text(member, "oid")?,
            "name" => claims.name = text(member, "name")?,
            "preferred_username" => claims.preferred_username = text(member, "preferred_username")?,
            "email" => claims.email = text(member, "email")?,
            "roles" => claims.roles = member.texts("roles")?,
            "login_hint" => claims.login_hint = text(member, "login_hint")?,
            _ => {}
        }
        Ok(())
    }

    fn keep(&mut self, name: &str, value: Value) {
        self.claims.kept.insert(name.to_owned(), value);
    }
}
