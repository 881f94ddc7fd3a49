//! Discovery documents and key sets.

use poem::Response;
use serde_json::{Value, json};

use crate::directory::authority::Authority;
use crate::directory::guid::CONSUMERS;
use crate::directory::plain_provider::{ClientAuthentication, IdTokenShape};
use crate::exchange::broken::Broken;
use crate::exchange::call::Call;
use crate::exchange::response;
use crate::faults::defect::Defect;
use crate::faults::entra_error::EntraError;
use crate::faults::forced_error::Place;
use crate::memory::keys::SigningKey;
use crate::memory::state::State;
use crate::tokens::issuer;

const CLOUD: &str = "microsoftonline.com";
const FOREIGN_CLOUD: &str = "microsoftonline.us";

const BROKEN_DISCOVERY: Broken = Broken {
    server_error: Defect::DiscoveryServerError,
    html: Defect::DiscoveryHtml,
    huge: Defect::DiscoveryHuge,
    redirects: Defect::DiscoveryRedirects,
    slow: Defect::DiscoverySlow,
};

const BROKEN_KEYS: Broken = Broken {
    server_error: Defect::KeysServerError,
    html: Defect::KeysHtml,
    huge: Defect::KeysHuge,
    redirects: Defect::KeysRedirect,
    slow: Defect::KeysSlow,
};

/// `/{T}/v2.0/.well-known/openid-configuration`.
pub(crate) async fn answer_document(state: &State, authority: &Authority, call: &Call) -> Response {
    if let Some(broken) = BROKEN_DISCOVERY.answer(state, call).await {
        return broken;
    }
    if let Some(error) = state.forced_error(Place::Discovery) {
        return response::error(&error);
    }
    let (origin, segment) = (&state.origin, authority.segment());
    let document = json!({
        "token_endpoint": format!("{origin}/{segment}/oauth2/v2.0/token"),
        "token_endpoint_auth_methods_supported": ["client_secret_post", "private_key_jwt", "client_secret_basic"],
        "jwks_uri": format!("{origin}/{segment}/discovery/v2.0/keys"),
        "response_modes_supported": ["query", "fragment", "form_post"],
        "subject_types_supported": ["pairwise"],
        "id_token_signing_alg_values_supported": ["RS256"],
        "response_types_supported": ["code", "id_token", "code id_token", "id_token token"],
        "scopes_supported": ["openid", "profile", "email", "offline_access"],
        "issuer": issuer::issuer(state, authority),
        "request_uri_parameter_supported": false,
        "userinfo_endpoint": format!("{origin}/oidc/userinfo"),
        "authorization_endpoint": format!("{origin}/{segment}/oauth2/v2.0/authorize"),
        "device_authorization_endpoint": format!("{origin}/{segment}/oauth2/v2.0/devicecode"),
        "http_logout_supported": true,
        "frontchannel_logout_supported": true,
        "end_session_endpoint": format!("{origin}/{segment}/oauth2/v2.0/logout"),
        "claims_supported": ["sub", "iss", "cloud_instance_name", "aud", "exp", "iat", "nonce", "preferred_username", "name", "tid", "ver", "at_hash", "c_hash", "email"],
        "kerberos_endpoint": format!("{origin}/{segment}/kerberos"),
        "tenant_region_scope": if matches!(authority, Authority::Tenant(_)) { json!("EU") } else { Value::Null },
        "cloud_instance_name": CLOUD,
        "cloud_graph_host_name": "graph.windows.net",
        "msgraph_host": state.host(),
        "rbac_url": "https://pas.windows.net",
    });
    answer_with_defects(state, document)
}

/// `/{T}/.well-known/openid-configuration`: the first version, with an issuer that ends in a slash.
pub(crate) async fn answer_first_version(state: &State, authority: &Authority, call: &Call) -> Response {
    if let Some(broken) = BROKEN_DISCOVERY.answer(state, call).await {
        return broken;
    }
    let (origin, segment) = (&state.origin, authority.segment());
    let document = json!({
        "token_endpoint": format!("{origin}/{segment}/oauth2/token"),
        "token_endpoint_auth_methods_supported": ["client_secret_post", "private_key_jwt", "client_secret_basic"],
        "jwks_uri": format!("{origin}/{segment}/discovery/keys"),
        "response_modes_supported": ["query", "fragment", "form_post"],
        "subject_types_supported": ["pairwise"],
        "id_token_signing_alg_values_supported": ["RS256"],
        "response_types_supported": ["code", "id_token", "code id_token", "token id_token", "token"],
        "scopes_supported": ["openid"],
        "issuer": issuer::first_version_issuer(state, match authority { Authority::Tenant(id) => id, _ => "{tenantid}" }),
        "authorization_endpoint": format!("{origin}/{segment}/oauth2/authorize"),
        "end_session_endpoint": format!("{origin}/{segment}/oauth2/logout"),
        "userinfo_endpoint": format!("{origin}/{segment}/openid/userinfo"),
        "tenant_region_scope": null,
        "cloud_instance_name": CLOUD,
    });
    answer_with_defects(state, document)
}

/// `/{T}/discovery/v2.0/keys`, or the keys of the first version, which name no issuer.
pub(crate) async fn answer_keys(state: &State, authority: &Authority, call: &Call, names_issuer: bool) -> Response {
    if let Some(broken) = BROKEN_KEYS.answer(state, call).await {
        return broken;
    }
    let origin = &state.origin;
    let ring = state.keys();
    let work_issuer = issuer::issuer(state, authority);
    let consumers_issuer = format!("{origin}/{CONSUMERS}/v2.0");
    let is_consumers = matches!(authority, Authority::Tenant(id) if id == CONSUMERS);
    let published = |key: &SigningKey, issuer: &str, cloud: &str| {
        let mut key = key.to_json();
        if names_issuer {
            key["issuer"] = json!(issuer);
            key["cloud_instance_name"] = json!(cloud);
        }
        key
    };
    let mut keys = Vec::new();
    if !is_consumers {
        keys.push(published(&ring.next, &work_issuer, CLOUD));
        keys.push(published(&ring.foreign, &work_issuer, FOREIGN_CLOUD));
        keys.push(published(&ring.current, &work_issuer, CLOUD));
    }
    if is_consumers || *authority == Authority::Common {
        keys.push(published(&ring.consumers, &consumers_issuer, CLOUD));
    }
    // Only `common` lists it; a relying party with another authority must not take it either.
    if state.has(Defect::KeyOfConsumers) && !is_consumers && *authority != Authority::Common {
        keys.push(published(&ring.consumers, &consumers_issuer, CLOUD));
    }
    answer_metadata(&key_set(state, keys))
}

/// The ordinary provider's discovery document.
pub(crate) async fn answer_plain_document(state: &State, call: &Call) -> Response {
    if let Some(broken) = BROKEN_DISCOVERY.answer(state, call).await {
        return broken;
    }
    let issuer = issuer::issuer(state, &Authority::Plain);
    let method = match state.plain.client_authentication {
        ClientAuthentication::Post => "client_secret_post",
        ClientAuthentication::Basic => "client_secret_basic",
    };
    let mut document = json!({
        "issuer": issuer,
        "authorization_endpoint": format!("{issuer}/authorize"),
        "token_endpoint": format!("{issuer}/token"),
        "jwks_uri": format!("{issuer}/keys"),
        "end_session_endpoint": format!("{issuer}/logout"),
        "frontchannel_logout_supported": true,
        "frontchannel_logout_session_supported": true,
        "response_types_supported": ["code"],
        "subject_types_supported": ["public"],
        "id_token_signing_alg_values_supported": ["RS256"],
        "scopes_supported": ["openid", "profile", "email"],
        "token_endpoint_auth_methods_supported": [method],
        "code_challenge_methods_supported": ["S256"],
    });
    if state.plain.id_token == IdTokenShape::NamesAtUserInfo {
        document["userinfo_endpoint"] = json!(format!("{issuer}/userinfo"));
    }
    if state.plain.issuer_in_response {
        document["authorization_response_iss_parameter_supported"] = json!(true);
    }
    answer_with_defects(state, document)
}

/// The one key of the ordinary provider.
pub(crate) async fn answer_plain_keys(state: &State, call: &Call) -> Response {
    if let Some(broken) = BROKEN_KEYS.answer(state, call).await {
        return broken;
    }
    let mut key = state.keys().current.to_json();
    let next = state.has(Defect::KeyMissingOfSeveral).then(|| state.keys().next.to_json());
    if let Some(members) = key.as_object_mut() {
        for name in ["x5c", "x5t"] {
            members.remove(name);
        }
        if !state.plain.keys_are_named {
            members.remove("kid");
        }
        if state.plain.algorithm_in_keys {
            members.insert("alg".to_owned(), json!("RS256"));
        }
    }
    answer_metadata(&key_set(state, [Some(key), next].into_iter().flatten().collect()))
}

/// What the real service says of an unknown tenant.
pub(crate) fn refuse_unknown_tenant(name: &str) -> Response {
    let message = format!(
        "Tenant '{name}' not found. Check to make sure you have the correct tenant ID and are signing into the correct cloud."
    );
    response::json(400, &EntraError::new("invalid_tenant", 90002, message).to_json())
}

/// A discovery document with everything that the defects change about it.
fn answer_with_defects(state: &State, mut document: Value) -> Response {
    if state.has(Defect::DiscoveryIssuerWrong) {
        document["issuer"] = json!(format!("{}/99999999-9999-4999-8999-999999999999/v2.0", state.origin));
    }
    if state.has(Defect::DiscoveryOpenEndpoint) {
        document["token_endpoint"] = json!("http://other.invalid/token");
    }
    if state.has(Defect::DiscoveryEmpty) {
        document = json!({});
    }
    BROKEN_DISCOVERY.pad(state, &mut document);
    answer_metadata(&document)
}

fn key_set(state: &State, mut keys: Vec<Value>) -> Value {
    if state.has(Defect::KeysEmpty) {
        keys.clear();
    }
    if state.has(Defect::KeysOneBroken) {
        keys.insert(0, json!({"kty": "RSA", "use": "sig", "kid": "broken", "n": "!", "e": "AQAB"}));
    }
    if state.has(Defect::KeysWithEllipticCurve) {
        let (x, y) = ("f83OJ3D2xF1Bg8vub9tLe1gHMzV76e8Tus9uPHvRVEU", "x_FEzRu9m36HLN_tue659LNpXW6pCyStikYjKIWI5a0");
        keys.insert(0, json!({"kty": "EC", "use": "sig", "kid": "curve", "crv": "P-256", "x": x, "y": y}));
    }
    let mut set = json!({"keys": keys});
    BROKEN_KEYS.pad(state, &mut set);
    set
}

fn answer_metadata(document: &Value) -> Response {
    let mut response = response::json(200, document);
    let headers = response.headers_mut();
    for (name, value) in [("cache-control", "max-age=86400, private"), ("access-control-allow-origin", "*")] {
        headers.insert(name, poem::http::HeaderValue::from_static(value));
    }
    response
}
