//! The token endpoint.

use std::time::Duration;

use aws_lc_rs::digest::{SHA256, digest};
use base64::Engine;
use base64::engine::general_purpose::{STANDARD, URL_SAFE_NO_PAD};
use poem::Response;
use poem::http::header::{
    ACCESS_CONTROL_ALLOW_HEADERS, ACCESS_CONTROL_ALLOW_METHODS, ACCESS_CONTROL_ALLOW_ORIGIN, ACCESS_CONTROL_MAX_AGE,
    HeaderValue, RETRY_AFTER,
};
use poem::http::{Method, StatusCode};
use serde_json::{Value, json};
use url::form_urlencoded;

use super::client_credentials;
use crate::directory::application::Application;
use crate::directory::authority::Authority;
use crate::directory::plain_issuer::ClientAuthentication;
use crate::directory::platform::Platform;
use crate::directory::scopes::{Permissions, Resource, Scopes};
use crate::exchange::answer;
use crate::exchange::broken::Broken;
use crate::exchange::call::Call;
use crate::faults::defect::Defect;
use crate::faults::entra_error::EntraError;
use crate::memory::state::{Grant, State};
use crate::tokens::access_token::{AccessToken, Caller, lifetime};
use crate::tokens::graph_token::GraphToken;
use crate::tokens::id_token;
use crate::tokens::jwt::Algorithm;

const CODE_LIFETIME: Duration = Duration::from_secs(600);

const BROKEN: Broken = Broken {
    server_error: Defect::TokenServerError,
    html: Defect::TokenHtml,
    huge: Defect::TokenHuge,
    redirects: Defect::TokenRedirects,
    slow: Defect::TokenSlow,
};

/// `POST` with `grant_type` `authorization_code`, `refresh_token` or `client_credentials`. Pages of every origin may read
/// the answer; whether it holds tokens is another matter.
pub(crate) async fn answer(state: &State, authority: &Authority, call: &Call) -> Response {
    let mut response =
        if call.method == Method::OPTIONS { preflight() } else { answer_to_post(state, authority, call).await };
    response.headers_mut().insert(ACCESS_CONTROL_ALLOW_ORIGIN, HeaderValue::from_static("*"));
    response
}

/// A browser asks first if a page adds headers to its form, as Swagger UI does.
fn preflight() -> Response {
    Response::builder()
        .status(StatusCode::NO_CONTENT)
        .header(ACCESS_CONTROL_ALLOW_METHODS, "POST, OPTIONS")
        .header(ACCESS_CONTROL_ALLOW_HEADERS, "authorization, content-type, x-requested-with")
        .header(ACCESS_CONTROL_MAX_AGE, "86400")
        .finish()
}

async fn answer_to_post(state: &State, authority: &Authority, call: &Call) -> Response {
    if let Some(broken) = BROKEN.answer(state, call).await {
        return broken;
    }
    if state.has(Defect::TokenThrottled) {
        let mut response = answer::json(429, &json!({"error": "temporarily_unavailable"}));
        response.headers_mut().insert(RETRY_AFTER, HeaderValue::from_static("5"));
        return response;
    }
    let mut response = match tokens(state, authority, call) {
        Ok(mut tokens) => {
            BROKEN.pad(state, &mut tokens);
            answer::json(200, &tokens)
        }
        Err(error) => answer::json(error.status(), &error.to_json()),
    };
    let headers = response.headers_mut();
    for (name, value) in [("cache-control", "no-store, no-cache"), ("pragma", "no-cache"), ("expires", "-1")] {
        headers.insert(name, HeaderValue::from_static(value));
    }
    response
}

fn tokens(state: &State, authority: &Authority, call: &Call) -> Result<Value, EntraError> {
    if !call.is_post() {
        return Err(EntraError::new("invalid_request", 900_561, "The endpoint only accepts POST requests."));
    }
    let platform = platform(state, call);
    platform.check_origin(call.origin.as_deref())?;
    let application = match platform {
        Platform::Web => confidential_client(state, authority, call)?,
        Platform::SinglePage => public_client(state, call)?,
    };
    if state.has(Defect::TokenSecretExpired) {
        return Err(EntraError::new("invalid_client", 7_000_222, "The provided client secret keys are expired."));
    }
    if state.has(Defect::TokenCodeSpent) {
        return Err(spent());
    }
    match call.parameter("grant_type") {
        Some("authorization_code") => user_tokens(state, code_grant(state, authority, application, call)?, call),
        Some("refresh_token") => user_tokens(state, refresh_grant(state, application, call)?, call),
        Some("client_credentials") if *authority != Authority::Plain => {
            client_credentials::tokens(state, authority, application, call)
        }
        Some(_) => {
            Err(EntraError::new("unsupported_grant_type", 70003, "The app requested an unsupported grant type."))
        }
        None => Err(EntraError::missing("grant_type")),
    }
}

/// Where the code or refresh token began. One that nobody knows counts as that of whoever sends it, and is refused later.
fn platform(state: &State, call: &Call) -> Platform {
    let grant = match call.parameter("grant_type") {
        Some("client_credentials") => return Platform::Web,
        Some("refresh_token") => call.parameter("refresh_token").and_then(|token| state.refresh_grant(token)),
        _ => call.parameter("code").and_then(|code| state.code_grant(code)),
    };
    match grant {
        Some(grant) => grant.platform,
        None if call.origin.is_some() => Platform::SinglePage,
        None => Platform::Web,
    }
}

/// The application, if a page sent its id. A secret in a page is none.
fn public_client<'s>(state: &'s State, call: &Call) -> Result<&'s Application, EntraError> {
    let secret = call.parameter("client_secret").or(call.parameter("client_assertion"));
    if secret.or(call.authorization.as_deref()).is_some() {
        let text = "Client is public so neither 'client_assertion' nor 'client_secret' should be presented.";
        return Err(EntraError::new("invalid_client", 700_025, text));
    }
    let client_id = call.parameter("client_id").ok_or_else(|| EntraError::missing("client_id"))?;
    state.directory.application_by_id(client_id).ok_or_else(unknown_application)
}

/// The application, if it proved itself with its secret.
fn confidential_client<'s>(
    state: &'s State,
    authority: &Authority,
    call: &Call,
) -> Result<&'s Application, EntraError> {
    let basic = call.authorization.as_deref().and_then(basic);
    let has_basic = basic.is_some();
    let (client_id, secret) = if let Some((client_id, secret)) = basic {
        (client_id, Some(secret))
    } else {
        let client_id = call.parameter("client_id").ok_or_else(|| EntraError::missing("client_id"))?;
        (client_id.to_owned(), call.parameter("client_secret").map(ToOwned::to_owned))
    };
    let application = state.directory.application_by_id(&client_id).ok_or_else(unknown_application)?;
    let wrong = || {
        EntraError::new(
            "invalid_client",
            7_000_215,
            "Invalid client secret provided. Ensure the secret being sent in the request is the client secret value, not the client secret ID.",
        )
    };
    if *authority == Authority::Plain && has_basic != (state.plain.client_authentication == ClientAuthentication::Basic)
    {
        return Err(wrong());
    }
    match secret {
        None => Err(EntraError::new(
            "invalid_client",
            7_000_218,
            "The request body must contain the following parameter: 'client_assertion' or 'client_secret'.",
        )),
        Some(secret) if secret != application.secret => Err(wrong()),
        Some(_) => Ok(application),
    }
}

/// Id and secret from a Basic header, each form-encoded within (RFC 6749 §2.3.1).
fn basic(header: &str) -> Option<(String, String)> {
    let decoded = STANDARD.decode(header.strip_prefix("Basic ")?).ok()?;
    let (id, secret) = std::str::from_utf8(&decoded).ok()?.split_once(':')?;
    let decode = |text: &str| form_urlencoded::parse(text.as_bytes()).next().map(|(name, _)| name.into_owned());
    Some((decode(id)?, decode(secret)?))
}

fn code_grant(
    state: &State,
    authority: &Authority,
    application: &Application,
    call: &Call,
) -> Result<Grant, EntraError> {
    let code = call.parameter("code").ok_or_else(|| EntraError::missing("code"))?;
    let invalid =
        || EntraError::new("invalid_grant", 70000, "The provided value for the 'code' parameter is not valid.");
    let grant = state.use_code(code).ok_or_else(invalid)?;
    if grant.is_used {
        return Err(spent());
    }
    if grant.issued.elapsed() >= CODE_LIFETIME {
        return Err(EntraError::new("invalid_grant", 70008, "The provided authorization code has expired."));
    }
    if grant.client_id != application.client_id {
        return Err(invalid());
    }
    if grant.authority != *authority {
        return Err(EntraError::new(
            "invalid_grant",
            700_005,
            "The provided authorization code is intended to be used against another tenant.",
        ));
    }
    if call.parameter("redirect_uri") != Some(&grant.redirect_uri) {
        return Err(EntraError::new(
            "invalid_grant",
            500_112,
            "The reply address does not match the reply address provided when requesting the authorization code.",
        ));
    }
    if let Some(challenge) = &grant.code_challenge {
        let verifier = call.parameter("code_verifier").unwrap_or_default();
        if URL_SAFE_NO_PAD.encode(digest(&SHA256, verifier.as_bytes())) != *challenge {
            return Err(EntraError::new(
                "invalid_grant",
                501_481,
                "The code_verifier does not match the code_challenge supplied in the authorization request.",
            ));
        }
    }
    Ok(grant)
}

fn refresh_grant(state: &State, application: &Application, call: &Call) -> Result<Grant, EntraError> {
    let grant = call.parameter("refresh_token").and_then(|token| state.refresh_grant(token));
    let grant = grant.filter(|grant| grant.client_id == application.client_id);
    let text = "The provided value for the input parameter 'refresh_token' is not valid.";
    let grant = grant.ok_or_else(|| EntraError::new("invalid_grant", 70000, text))?;
    grant.platform.check_age(grant.issued.elapsed())?;
    Ok(Grant { nonce: None, ..grant })
}

/// What a person agreed to, as tokens: an access token for one API, and what was asked for beside it. A refresh token
/// is new every time; the old ones stay valid, as at the real service.
fn user_tokens(state: &State, grant: Grant, call: &Call) -> Result<Value, EntraError> {
    let lifetime = lifetime();
    let (access_token, scope) = match grant.authority {
        Authority::Plain => (graph_token(state, &grant, &grant.scope, lifetime), grant.scope.clone()),
        _ => access_token(state, &grant, call.parameter("scope"), lifetime)?,
    };
    let mut answer = json!({
        "token_type": "Bearer",
        "scope": scope,
        "expires_in": lifetime,
        "ext_expires_in": lifetime,
        "access_token": access_token,
    });
    if grant.has_scope("openid") && !state.has(Defect::IdTokenMissing) {
        answer["id_token"] = json!(id_token::issue(state, &grant, &access_token));
    }
    for (defect, name, value) in [
        (Defect::AccessTokenMissing, "access_token", None),
        (Defect::TokenTypeMissing, "token_type", None),
        (Defect::TokenTypeOther, "token_type", Some("DPoP")),
    ] {
        let members = answer.as_object_mut().filter(|_| state.has(defect));
        if let Some(members) = members {
            members.remove(name);
            members.extend(value.map(|value| (name.to_owned(), json!(value))));
        }
    }
    // Microsoft's own libraries ask for it, to know one account in several tenants.
    if call.parameter("client_info") == Some("1") {
        let account = json!({"uid": grant.user.oid(), "utid": grant.user.home_tenant()});
        answer["client_info"] = json!(URL_SAFE_NO_PAD.encode(account.to_string()));
    }
    if grant.has_scope("offline_access") {
        answer["refresh_token"] = json!(state.issue_refresh_token(grant));
    }
    Ok(answer)
}

/// The access token for the one API that the request names, or else the authorization request named first; and its
/// scope, as the answer repeats it.
fn access_token(
    state: &State,
    grant: &Grant,
    asked: Option<&str>,
    lifetime: u64,
) -> Result<(String, String), EntraError> {
    let agreed = Scopes::parse(&grant.scope, &state.directory)?;
    let permissions = match asked {
        Some(asked) => agreed.allow(Scopes::parse(asked, &state.directory)?.single()?)?,
        None => agreed.clone().first(),
    };
    let openid = agreed.openid.into_iter().filter(|scope| scope != "offline_access");
    let scope = openid.chain(permissions.words()).collect::<Vec<_>>().join(" ");
    let token = match permissions.resource {
        Resource::Graph => graph_token(state, grant, &scope, lifetime),
        Resource::Api(resource) => api_token(state, grant, resource, permissions, lifetime)?,
    };
    Ok((token, scope))
}

/// `UserInfo` knows these tokens.
fn graph_token(state: &State, grant: &Grant, scope: &str, lifetime: u64) -> String {
    let token = GraphToken {
        tenant: &grant.tenant,
        client_id: &grant.client_id,
        object: grant.user.oid(),
        scopes: Some(scope.to_owned()),
        lifetime,
    };
    let token = token.issue(state);
    state.note_access_token(&token, grant.clone());
    token
}

fn api_token(
    state: &State,
    grant: &Grant,
    resource: &Application,
    permissions: Permissions<'_>,
    lifetime: u64,
) -> Result<String, EntraError> {
    let client = state.directory.application_by_id(&grant.client_id).ok_or_else(unknown_application)?;
    let token = AccessToken {
        tenant: &grant.tenant,
        client,
        resource,
        audience: permissions.name,
        version: resource.access_token_version,
        caller: Caller::User {
            user: &grant.user,
            sid: &grant.sid,
            platform: grant.platform,
            scopes: permissions.values,
            roles: state.directory.roles(&grant.user, resource),
        },
        lifetime,
    };
    Ok(token.draft(state).sign(Algorithm::Rs256))
}

fn unknown_application() -> EntraError {
    EntraError::new("unauthorized_client", 700_016, "Application was not found in the directory.")
}

fn spent() -> EntraError {
    EntraError::new(
        "invalid_grant",
        54005,
        "OAuth2 Authorization code was already redeemed, please retry with a new valid code or use an existing refresh token.",
    )
}
