//! The claims of a token as received. Nothing here has been judged.

use std::borrow::Cow;
use std::collections::BTreeMap;

use serde_json::Value;

use super::groups::{Groups, UnknownGroups};
use super::identity::{Identity, UserId};
use crate::model::json::{JsonProblem, Member, MemberHandling, MemberReader, Rounded};
use crate::model::unix_time::UnixTime;

/// Claims as they appear in an ID token (OpenID Connect Core 1.0 §2) or access token, with Entra's own beside them.
#[derive(Clone, Debug, Default, PartialEq)]
pub(crate) struct TokenClaims {
    pub(crate) iss: Option<String>,
    pub(crate) sub: Option<String>,
    pub(crate) aud: Option<String>,
    /// Where `aud` is a list, which only [`Dialect::OpenId`] knows.
    pub(crate) audiences: Option<Vec<String>>,
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
    /// `roles` is there and is not a list of texts: which ones the person has is not known.
    pub(crate) roles_are_unknown: bool,
    pub(crate) login_hint: Option<String>,
    /// The session at the provider.
    pub(crate) sid: Option<String>,
    /// Version 1.0 tokens' word for `preferred_username`.
    pub(crate) unique_name: Option<String>,
    pub(crate) ver: Option<String>,
    /// The client, in version 2.0 tokens, and in the ID tokens of other providers.
    pub(crate) azp: Option<String>,
    /// The client, in version 1.0 tokens.
    pub(crate) appid: Option<String>,
    pub(crate) idtyp: Option<String>,
    pub(crate) scp: Option<String>,
    /// None: the token does not say.
    pub(crate) groups: Option<Vec<String>>,
    /// `groups` is there and is not a list of texts.
    pub(crate) groups_are_unreadable: bool,
    /// `_claim_names` or `hasgroups` takes the place of `groups`: there are too many.
    pub(crate) has_overage: bool,
    /// The token's own id; Entra sends no `jti`.
    pub(crate) uti: Option<String>,
    /// Further claims that the application asked to keep.
    pub(crate) kept: BTreeMap<String, Value>,
    /// Claims that are not used because they have another type than the standards give them.
    pub(crate) unused: Vec<&'static str>,
}

/// Whose claims they are.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Dialect {
    /// Microsoft's own, each with one type.
    Entra,
    /// Those of OpenID Connect Core 1.0 §2 and §5.1, with `roles` and `groups`. Names that are Microsoft's mean nothing.
    /// What is null is absent, and what is only shown or only unlocks something is not used where its type is another
    /// one; everything that decides about the token has to be as the standard says.
    OpenId,
}

/// Reads the claims and keeps those further ones whose names are listed.
pub(crate) struct ClaimsReader<'a> {
    pub(crate) claims: TokenClaims,
    pub(crate) dialect: Dialect,
    pub(crate) keep: &'a [String],
}

impl TokenClaims {
    /// The groups as the token tells them.
    pub(crate) fn groups_found(&self) -> Groups {
        let ids = self.groups.as_ref().map(|groups| groups.iter().map(|group| group.parse()).collect());
        Groups::of_token(match ids {
            _ if self.has_overage => Err(UnknownGroups::Overage),
            _ if self.groups_are_unreadable => Err(UnknownGroups::NotIds),
            None => Err(UnknownGroups::ClaimAbsent),
            Some(Ok(ids)) => Ok(ids),
            Some(Err(_)) => Err(UnknownGroups::NotIds),
        })
    }

    /// The person that the claims describe.
    pub(crate) fn into_identity(self, id: UserId) -> Identity {
        Identity {
            id,
            display_name: said(self.name),
            preferred_username: said(self.preferred_username).or(said(self.unique_name)),
            email: said(self.email),
            roles: self.roles,
            roles_are_unknown: self.roles_are_unknown,
            login_hint: self.login_hint,
            claims: self.kept,
        }
    }
}

/// An empty name counts as no name: people would read "Welcome, !".
fn said(text: Option<String>) -> Option<String> {
    text.filter(|text| !text.trim().is_empty())
}

fn is_read(name: &str, dialect: Dialect) -> bool {
    match dialect {
        Dialect::Entra => is_of_entra(name),
        Dialect::OpenId => is_of_open_id(name),
    }
}

fn is_of_open_id(name: &str) -> bool {
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
            | "azp"
            | "name"
            | "preferred_username"
            | "email"
            | "roles"
            | "groups"
            | "login_hint"
            | "sid"
    )
}

fn is_of_entra(name: &str) -> bool {
    is_of_open_id(name)
        || matches!(
            name,
            "tid" | "oid" | "unique_name" | "ver" | "appid" | "idtyp" | "scp" | "_claim_names" | "hasgroups" | "uti"
        )
}

impl<'de> MemberReader<'de> for ClaimsReader<'_> {
    fn handling(&self, name: &str) -> MemberHandling {
        if is_read(name, self.dialect) {
            MemberHandling::Read
        } else if self.keep.iter().any(|kept| kept == name) {
            MemberHandling::Keep
        } else {
            MemberHandling::None
        }
    }

    fn take(&mut self, name: &str, member: Member<'de>) -> Result<(), JsonProblem> {
        if self.keep.iter().any(|kept| kept == name) {
            self.claims.kept.insert(name.to_owned(), member.to_value());
        }
        if self.dialect == Dialect::OpenId {
            return self.claims.take_open_id(name, member);
        }
        self.claims.take(name, member)
    }

    fn keep(&mut self, name: &str, value: Value) {
        self.claims.kept.insert(name.to_owned(), value);
    }
}

impl TokenClaims {
    fn take_open_id(&mut self, name: &str, member: Member<'_>) -> Result<(), JsonProblem> {
        let is_required = matches!(name, "iss" | "sub" | "aud" | "exp" | "iat" | "nonce");
        if member.is_null() && !is_required {
            return Ok(());
        }
        match name {
            "aud" => match member {
                Member::Texts(audiences) => self.audiences = Some(audiences),
                member => return self.take(name, member),
            },
            "name" => self.name = self.shown("name", member),
            "preferred_username" => self.preferred_username = self.shown("preferred_username", member),
            "email" => self.email = self.shown("email", member),
            "login_hint" => self.login_hint = self.shown("login_hint", member),
            "roles" => {
                let roles = self.listed("roles", member);
                self.roles_are_unknown = roles.is_none();
                self.roles = roles.unwrap_or_default();
            }
            "groups" => {
                self.groups = self.listed("groups", member);
                self.groups_are_unreadable = self.groups.is_none();
            }
            _ => return self.take(name, member),
        }
        Ok(())
    }

    /// A list of texts, if it is one.
    fn listed(&mut self, name: &'static str, member: Member<'_>) -> Option<Vec<String>> {
        let texts = member.texts(name).ok();
        if texts.is_none() {
            self.unused.push(name);
        }
        texts
    }

    /// A claim that nothing is decided by.
    fn shown(&mut self, name: &'static str, member: Member<'_>) -> Option<String> {
        let text = member.text(name).ok().map(Cow::into_owned);
        if text.is_none() {
            self.unused.push(name);
        }
        text
    }

    fn take(&mut self, name: &str, member: Member<'_>) -> Result<(), JsonProblem> {
        let claims = self;
        let text = |member: Member<'_>, name| member.text(name).map(|text| Some(text.into_owned()));
        let time =
            |member: Member<'_>, name, rounded| member.seconds(name, rounded).map(|seconds| Some(UnixTime(seconds)));
        match name {
            "iss" => claims.iss = text(member, "iss")?,
            "sub" => claims.sub = text(member, "sub")?,
            "aud" => claims.aud = text(member, "aud")?,
            "exp" => claims.exp = time(member, "exp", Rounded::Down)?,
            "nbf" => claims.nbf = time(member, "nbf", Rounded::Up)?,
            "iat" => claims.iat = time(member, "iat", Rounded::Up)?,
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
}
