//! The claims of a token as received. Nothing here has been judged.

use std::collections::BTreeMap;

use serde_json::Value;

use super::groups::{Groups, UnknownGroups};
use super::identity::{Identity, UserId};
use super::json::{Interest, JsonProblem, Member, Members};
use super::unix_time::UnixTime;

/// Claims as they stand in an ID token (OpenID Connect Core 1.0 §2) or access token, with Entra's own beside them.
#[derive(Clone, Debug, Default, PartialEq)]
pub(crate) struct TokenClaims {
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
    /// The session at the provider.
    pub(crate) sid: Option<String>,
    /// Version 1.0 tokens' word for `preferred_username`.
    pub(crate) unique_name: Option<String>,
    pub(crate) ver: Option<String>,
    /// The client, in version 2.0 tokens.
    pub(crate) azp: Option<String>,
    /// The client, in version 1.0 tokens.
    pub(crate) appid: Option<String>,
    pub(crate) idtyp: Option<String>,
    pub(crate) scp: Option<String>,
    /// None: the token does not say.
    pub(crate) groups: Option<Vec<String>>,
    /// `_claim_names` or `hasgroups` stands in the place of `groups`: there are too many.
    pub(crate) has_overage: bool,
    /// The token's own id; Entra sends no `jti`.
    pub(crate) uti: Option<String>,
    /// Further claims that the application asked to keep.
    pub(crate) kept: BTreeMap<String, Value>,
}

/// Reads the claims and keeps those further ones whose names are listed.
pub(crate) struct ClaimsReader<'a> {
    pub(crate) claims: TokenClaims,
    pub(crate) keep: &'a [String],
}

impl TokenClaims {
    /// The groups as the token tells them.
    pub(crate) fn groups_found(&self) -> Groups {
        let ids = self.groups.as_ref().map(|groups| groups.iter().map(|group| group.parse()).collect());
        Groups::of_token(match ids {
            _ if self.has_overage => Err(UnknownGroups::Overage),
            None => Err(UnknownGroups::ClaimAbsent),
            Some(Ok(ids)) => Ok(ids),
            Some(Err(_)) => Err(UnknownGroups::NotIds),
        })
    }

    /// The person that the claims describe.
    pub(crate) fn into_identity(self, id: UserId) -> Identity {
        Identity {
            id,
            display_name: self.name,
            preferred_username: self.preferred_username.or(self.unique_name),
            email: self.email,
            roles: self.roles,
            login_hint: self.login_hint,
            claims: self.kept,
        }
    }
}

fn is_read(name: &str) -> bool {
    matches!(
        name,
        "iss"
            | "sub"
            | "aud"
            | "exp"
            | "nbf"
            | "iat"
            | "nonce"
            | "at_hash"
            | "tid"
            | "oid"
            | "name"
            | "preferred_username"
            | "email"
            | "roles"
            | "login_hint"
            | "sid"
            | "unique_name"
            | "ver"
            | "azp"
            | "appid"
            | "idtyp"
            | "scp"
            | "groups"
            | "_claim_names"
            | "hasgroups"
            | "uti"
    )
}

impl<'de> Members<'de> for ClaimsReader<'_> {
    fn interest(&self, name: &str) -> Interest {
        if is_read(name) {
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
            "sid" => claims.sid = text(member, "sid")?,
            "unique_name" => claims.unique_name = text(member, "unique_name")?,
            "ver" => claims.ver = text(member, "ver")?,
            "azp" => claims.azp = text(member, "azp")?,
            "appid" => claims.appid = text(member, "appid")?,
            "idtyp" => claims.idtyp = text(member, "idtyp")?,
            "scp" => claims.scp = text(member, "scp")?,
            "groups" => claims.groups = Some(member.texts("groups")?),
            "_claim_names" | "hasgroups" => claims.has_overage = true,
            "uti" => claims.uti = text(member, "uti")?,
            _ => {}
        }
        Ok(())
    }

    fn keep(&mut self, name: &str, value: Value) {
        self.claims.kept.insert(name.to_owned(), value);
    }
}
