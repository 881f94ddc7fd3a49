//! The way to the provider.

use poem::http::header::{HeaderValue, LOCATION};
use poem::http::{Method, StatusCode};
use poem::{Request, Response};

use super::answer::{self, SignInError};
use super::refused::Refused;
use super::request_cell::RequestCell;
use super::site::Site;
use super::{request_facts, rounds, way_back};
use crate::io::{clock, entropy};
use crate::model::frame_challenge::FrameChallenge;
use crate::model::sign_in_attempt::SignInAttempt;
use crate::rules::admission::NotAdmitted;
use crate::rules::authorization_request::{self, ATTEMPT_COOKIE_LIMIT, attempt_name};
use crate::rules::authorization_response::ATTEMPT_LIFETIME;
use crate::rules::seal::{SealNonce, SealingKeys};

/// `GET /login?return_to=…`: starts a sign-in.
pub(crate) async fn login(cell: &RequestCell, request: &Request) -> Result<Response, Refused> {
    if !matches!(*request.method(), Method::GET | Method::HEAD) {
        return Ok(StatusCode::METHOD_NOT_ALLOWED.into());
    }
    let return_to = request_facts::parameter(request, "return_to").unwrap_or_default();
    go(cell, request, Wanted { return_to: &return_to, frame: None }).await
}

/// Sends the browser to the provider.
pub(crate) async fn go(cell: &RequestCell, request: &Request, wanted: Wanted<'_>) -> Result<Response, Refused> {
    match start(cell, request, wanted, &[]).await {
        Ok(address) => Ok(Response::builder().status(StatusCode::FOUND).header(LOCATION, address).finish()),
        Err(error) => Err(answer::sign_in_failed(cell.application(), request, &error)),
    }
}

/// What a sign-in is for.
#[derive(Clone, Copy)]
pub(crate) struct Wanted<'a> {
    /// Where to go afterwards, not judged yet.
    pub(crate) return_to: &'a str,
    /// The frame that gets the session, if it is for one.
    pub(crate) frame: Option<FrameChallenge>,
}

/// Turns "not signed in" of a person who opens a page into the way to the provider and back to that page.
pub(crate) async fn redirect(cell: &RequestCell, request: &Request, scopes: &[&str]) -> Refused {
    let application = cell.application();
    let wanted = Wanted { return_to: request_facts::return_address(request), frame: None };
    if let Some(site) = application.site(request)
        && rounds::are_over(request, &site)
    {
        rounds::forget(cell, request, &site);
        let error = SignInError::Loop { host: site.origin.to_string(), is_secure: site.names.is_secure };
        return answer::sign_in_failed(application, request, &error);
    }
    match start(cell, request, wanted, scopes).await {
        Ok(address) => {
            let failure = answer::describe(application, request, NotAdmitted::NotSignedIn.reason(), String::new());
            Refused::redirect(failure, address, &application.pages)
        }
        Err(error) => answer::sign_in_failed(application, request, &error),
    }
}

/// Begins an attempt: its cookie goes with the answer, its request is the address returned.
async fn start(
    cell: &RequestCell,
    request: &Request,
    wanted: Wanted<'_>,
    scopes: &[&str],
) -> Result<HeaderValue, SignInError> {
    let application = cell.application();
    let configuration = &application.configuration;
    let keys = application.attempt_keys.as_ref().ok_or(SignInError::NoSecret)?;
    let site = application.site(request).ok_or(SignInError::Host)?;
    application.note_other_host(&site, request);
    let snapshot = application.provider.snapshot().await?;

    let mut attempt = SignInAttempt {
        secret: entropy::random()?,
        started_at: clock::now(),
        authority: application.authority,
        return_to: way_back::judged(application, wanted.return_to),
        frame: wanted.frame,
    };
    let asked = configuration.scopes.iter().map(String::as_str);
    let declared = cell.mounted.table.openid_scopes.iter().chain(scopes).copied();
    let address = authorization_request::address(
        &snapshot.metadata,
        &configuration.client,
        &application.redirect_uri(&site),
        declared.chain(asked),
        &attempt,
    )?;

    let (name, value) = seal(&mut attempt, keys, &site, entropy::random()?).ok_or(SignInError::NotSealed)?;
    cell.set_cookie(&name, &value, site.names.is_secure, u32::try_from(ATTEMPT_LIFETIME.as_secs()).ok());
    for surplus in site.names.surplus_attempts(request_facts::cookie_headers(request)) {
        cell.delete_cookie(surplus, site.names.is_secure);
    }
    HeaderValue::from_str(address.as_str()).map_err(|_| SignInError::NotSealed)
}

/// The attempt's cookie; where the way back does not fit beside the rest, first its query goes, then all of it.
fn seal(attempt: &mut SignInAttempt, keys: &SealingKeys, site: &Site, nonce: SealNonce) -> Option<(String, String)> {
    let state = attempt.state();
    let name = site.names.attempt(attempt_name(&state)?);
    // 33 bytes around the plain text, in base64.
    let fits =
        |attempt: &SignInAttempt| name.len() + 1 + (attempt.to_bytes().len() + 33) * 4 / 3 < ATTEMPT_COOKIE_LIMIT;
    if !fits(attempt) {
        let path = attempt.return_to.split(['?', '#']).next().unwrap_or("/").to_owned();
        attempt.return_to = path;
    }
    if !fits(attempt) {
        "/".clone_into(&mut attempt.return_to);
    }
    let value = keys.seal(&name, &attempt.to_bytes(), nonce)?;
    Some((name, value))
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::model::origin::Origin;
    use crate::model::session::AuthorityFingerprint;
    use crate::model::unix_time::UnixTime;
    use crate::rules::seal::Purpose;

    fn sealed(return_to: &str, frame: Option<FrameChallenge>) -> (String, usize) {
        let keys = SealingKeys::derive(&[vec![1; 32]], Purpose::SignInAttempt).unwrap();
        let origin = Origin::parse("https://app.example").unwrap();
        let site = Site::new("client", origin);
        let mut attempt = SignInAttempt {
            secret: [9; 32],
            started_at: UnixTime(0),
            authority: AuthorityFingerprint(7),
            return_to: return_to.to_owned(),
            frame,
        };
        let (name, value) = seal(&mut attempt, &keys, &site, [0; 12]).unwrap();
        (attempt.return_to, name.len() + 1 + value.len())
    }

    #[test]
    fn an_attempt_never_takes_more_than_its_share_of_the_headers() {
        let mut longest = 0;
        for length in 1..512 {
            let (kept, size) = sealed(&format!("/{}", "a".repeat(length)), None);
            assert!(size <= ATTEMPT_COOKIE_LIMIT, "{size}");
            if kept.len() > 1 {
                longest = length;
            }
        }
        assert!((360..512).contains(&longest), "{longest}");
    }

    #[test]
    fn a_long_query_goes_before_the_path() {
        assert_eq!(sealed(&format!("/me?{}", "q".repeat(500)), None).0, "/me");
        assert_eq!(sealed("/me?tab=1", None).0, "/me?tab=1");
        assert!(sealed("/me?tab=1", Some(FrameChallenge([9; 32]))).1 <= ATTEMPT_COOKIE_LIMIT);
    }
}
