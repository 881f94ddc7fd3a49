//! What is a successful answer of the token endpoint worth, for the API that was asked for?

use std::time::Duration;

use secrecy::SecretString;
use serde_json::Value;
use thiserror::Error;

use super::renewal;
use super::scopes::is_among;
use crate::model::downstream::held_token::HeldToken;
use crate::model::downstream::permission::DEFAULT;
use crate::model::json::{self, JsonProblem, Member, MemberHandling, MemberReader, Rounded, printable};
use crate::model::refusals::diagnosis::{Details, Diagnosed};
use crate::model::unix_time::UnixTime;

/// What was asked for.
#[derive(Clone, Copy, Debug)]
pub(crate) struct Asked<'a> {
    /// As scopes name the API.
    pub(crate) resource_uri: &'a str,
    /// Names without the API in front.
    pub(crate) permissions: &'a [&'a str],
}

/// What was given.
#[derive(Debug)]
pub(crate) struct GrantedTokens {
    pub(crate) token: HeldToken,
    /// The one for the next time, in the place of the one that was used.
    pub(crate) refresh_token: Option<SecretString>,
    /// Names that were asked for, and that the answer does not list.
    pub(crate) not_granted: Vec<String>,
}

/// Why an answer is not used.
#[derive(Clone, Debug, PartialEq, Eq, Error)]
pub(crate) enum TokenAnswerError {
    /// Usual cause: something other than the provider answers there.
    #[error("it cannot be read: {0}")]
    Unreadable(JsonProblem),
    #[error("it has no `{name}`, which RFC 6749 §5.1 requires")]
    MemberMissing { name: &'static str },
    #[error("it has a `{name}` that cannot be sent on")]
    Unfit { name: &'static str },
    /// Usual cause: the registration binds tokens to the client, as `DPoP` does.
    #[error("it has the `token_type` `{found}`, expected `Bearer`")]
    TokenType { found: String },
    #[error("its token is over at once (`expires_in` 0)")]
    NoTime,
    /// Usual cause: the scopes of a request were for several APIs. It would tell one API what is meant for another.
    #[error("its token is for another API than the one that was asked for (`{name}`)")]
    OtherResource { name: &'static str, expected: String, found: String },
}

impl Diagnosed for TokenAnswerError {
    fn details(&self) -> Details {
        match self {
            Self::Unreadable(problem) => Details::new(problem.to_string(), "tokens (RFC 6749 §5.1)")
                .remedy("see what answers at the token endpoint, for example a proxy; compare `AZURE_ISSUER_URI`"),
            Self::MemberMissing { name } => Details::new(format!("no `{name}`"), format!("`{name}`")),
            Self::Unfit { name } => {
                Details::new(format!("an `{name}` with other characters, or a longer one"), TOKEN_TEXT)
            }
            Self::TokenType { found } => Details::new(format!("`token_type` {found}"), "Bearer").remedy(
                "let the provider give plain bearer tokens to this client, none that are bound to it (`DPoP`, `pop`)",
            ),
            Self::NoTime => Details::new("`expires_in` 0", "seconds for which the token is good"),
            Self::OtherResource { name, expected, found } => Details::new(
                format!("`{name}` {found}"),
                expected.clone(),
            )
            .remedy(
                "compare the application id URI of the API with its declaration in `downstream` of `azure_auth::app!`",
            ),
        }
    }
}

/// The largest that some APIs take in a header is 16 KiB; Entra gives 4, and more with many groups.
const LONGEST_TOKEN: usize = 64 * 1024;

const TOKEN_TEXT: &str = "at most 64 KiB of visible ASCII characters";

/// Where the provider does not say how long a token is good for (RFC 6749 §5.1 only recommends that it does): nobody gives
/// shorter ones, and asking once more costs less than refusals of an API that nobody can explain.
const UNKNOWN_LIFE: Duration = Duration::from_secs(5 * 60);

/// Names that speak of the sign-in, and of no API (OpenID Connect Core 1.0 §5.4, §11).
const SIGN_IN_SCOPES: [&str; 4] = ["openid", "profile", "email", "offline_access"];

/// Reads an answer (RFC 6749 §5.1, as Entra and others write it).
pub(crate) fn read(body: &[u8], asked: &Asked<'_>, now: UnixTime) -> Result<GrantedTokens, TokenAnswerError> {
    let mut answer = Answer::default();
    json::read(body, &mut answer).map_err(TokenAnswerError::Unreadable)?;
    let token_type = answer.token_type.ok_or(TokenAnswerError::MemberMissing { name: "token_type" })?;
    if !token_type.eq_ignore_ascii_case("Bearer") {
        return Err(TokenAnswerError::TokenType { found: printable(&token_type) });
    }
    let secret = answer.access_token.filter(|token| !token.is_empty());
    let secret = fit(secret.ok_or(TokenAnswerError::MemberMissing { name: "access_token" })?, "access_token")?;
    let refresh_token = answer.refresh_token.filter(|token| !token.is_empty());
    let refresh_token = refresh_token.map(|token| fit(token, "refresh_token")).transpose()?;
    let expires_in = match answer.expires_in {
        None => UNKNOWN_LIFE,
        Some(Duration::ZERO) => return Err(TokenAnswerError::NoTime),
        Some(life) => life,
    };
    if let Some(resource) = answer.resource
        && !is_same_resource(&resource, asked.resource_uri)
    {
        return Err(other_resource("resource", asked, &resource));
    }

    let granted = granted(answer.scope.as_deref(), asked)?;
    let is_default = asked.permissions.contains(&DEFAULT);
    let is_missing = |name: &&str| !is_default && !is_among(&granted, name);
    // A renewal asks for what there was, and not again for what nobody agreed to.
    let (not_granted, asked): (Vec<String>, Vec<String>) =
        asked.permissions.iter().map(ToString::to_string).partition(|name| is_missing(&name.as_str()));
    Ok(GrantedTokens {
        not_granted,
        token: HeldToken {
            secret,
            granted,
            asked,
            renew_at: renewal::renew_at(now, expires_in, answer.refresh_in),
            ends_at: renewal::ends_at(now, expires_in),
        },
        refresh_token,
    })
}

fn fit(token: String, name: &'static str) -> Result<SecretString, TokenAnswerError> {
    let is_fit = token.len() <= LONGEST_TOKEN && token.bytes().all(|byte| byte.is_ascii_graphic());
    is_fit.then(|| token.into()).ok_or(TokenAnswerError::Unfit { name })
}

/// The names that were granted for the API. Providers write them short or with the API in front, in a case of their own, and
/// beside others; where they write none, it is what was asked for.
fn granted(scope: Option<&str>, asked: &Asked<'_>) -> Result<Vec<String>, TokenAnswerError> {
    let Some(scope) = scope else { return Ok(asked.permissions.iter().map(ToString::to_string).collect()) };
    let mut granted = Vec::new();
    for text in scope.split_ascii_whitespace() {
        match name(text, asked) {
            Some(name) if name.is_empty() || SIGN_IN_SCOPES.contains(&name) || is_among(&granted, name) => {}
            Some(name) => granted.push(name.to_owned()),
            None => return Err(other_resource("scope", asked, text)),
        }
    }
    // What was agreed to is given, under names that only the provider knows.
    if asked.permissions.contains(&DEFAULT) && !is_among(&granted, DEFAULT) {
        granted.push(DEFAULT.to_owned());
    }
    Ok(granted)
}

/// The name in a scope of the API. None: it is one of another API.
fn name<'t>(text: &'t str, asked: &Asked<'_>) -> Option<&'t str> {
    let of_api = asked.resource_uri.trim_end_matches('/');
    let qualified = text
        .split_at_checked(of_api.len())
        .filter(|(resource, rest)| resource.eq_ignore_ascii_case(of_api) && rest.starts_with('/'))
        .map(|(_, rest)| rest.trim_start_matches('/'));
    let name = qualified.unwrap_or(text);
    // The API is all before the last slash, so that a name has none, unless it was asked for as it is.
    let is_name = !name.contains('/') || asked.permissions.iter().any(|asked| asked.eq_ignore_ascii_case(name));
    is_name.then_some(name)
}

fn is_same_resource(found: &str, asked: &str) -> bool {
    found.trim_end_matches('/').eq_ignore_ascii_case(asked.trim_end_matches('/'))
}

fn other_resource(name: &'static str, asked: &Asked<'_>, found: &str) -> TokenAnswerError {
    TokenAnswerError::OtherResource { name, expected: printable(asked.resource_uri), found: printable(found) }
}

#[derive(Default)]
struct Answer {
    access_token: Option<String>,
    token_type: Option<String>,
    refresh_token: Option<String>,
    scope: Option<String>,
    /// Version 1.0: the API.
    resource: Option<String>,
    expires_in: Option<Duration>,
    /// A hint: where it cannot be read, the end of the token says enough.
    refresh_in: Option<Duration>,
}

impl<'de> MemberReader<'de> for Answer {
    fn handling(&self, name: &str) -> MemberHandling {
        match name {
            "access_token" | "token_type" | "refresh_token" | "scope" | "resource" | "expires_in" | "refresh_in" => {
                MemberHandling::Read
            }
            _ => MemberHandling::None,
        }
    }

    fn take(&mut self, name: &str, member: Member<'de>) -> Result<(), JsonProblem> {
        if member.is_null() {
            return Ok(());
        }
        let (slot, name) = match name {
            "expires_in" => {
                self.expires_in = Some(seconds(member, "expires_in")?);
                return Ok(());
            }
            "refresh_in" => {
                self.refresh_in = seconds(member, "refresh_in").ok();
                return Ok(());
            }
            "access_token" => (&mut self.access_token, "access_token"),
            "token_type" => (&mut self.token_type, "token_type"),
            "refresh_token" => (&mut self.refresh_token, "refresh_token"),
            "scope" => (&mut self.scope, "scope"),
            _ => (&mut self.resource, "resource"),
        };
        *slot = Some(member.text(name)?.into_owned());
        Ok(())
    }

    fn keep(&mut self, _: &str, _: Value) {}
}

/// A number, or a text of digits, as version 1.0 and Azure AD B2C write it.
fn seconds(member: Member<'_>, name: &'static str) -> Result<Duration, JsonProblem> {
    let is_number = |text: &str| !text.is_empty() && text.bytes().all(|byte| byte.is_ascii_digit());
    let seconds = match member {
        // What is too long for a number is long.
        Member::Text(text) if is_number(&text) => text.parse().unwrap_or(u64::MAX),
        other => other.seconds(name, Rounded::Down)?,
    };
    Ok(Duration::from_secs(seconds))
}

#[cfg(test)]
#[path = "token_answer_tests.rs"]
mod tests;
