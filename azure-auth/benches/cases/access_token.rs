//! A request with an access token: judged for the first time, and found among those that were judged before.

use std::hint::black_box;

use azure_auth::User;
use azure_auth::testing::{TestAuth, TestIdentity};
use poem::http::header::{ACCEPT, AUTHORIZATION, HOST, HeaderMap, HeaderValue, USER_AGENT};
use poem::{Endpoint, EndpointExt, Response, Route, get, handler};
use serde_json::{Value, json};

use super::id_token::{self, MOMENT, NOW};
use super::session::requests_with;
use super::{CLIENT, Iteration, Material, TENANT, by_hand};
use crate::model::settings::tenants::AcceptedTenants;
use crate::rules::token::access_token::{self, Expectations};

/// The floor of first sight.
pub(super) fn verification_alone(material: &Material) -> Iteration {
    id_token::verification(&material.access_token, material)
}

/// From the text of the token to the principal it proves.
pub(super) fn validation(material: &Material) -> Iteration {
    let (token, keys, metadata) = (material.access_token.clone(), id_token::keys(material), id_token::metadata());
    let audiences = [CLIENT.to_owned(), format!("api://{CLIENT}")];
    Box::new(move || {
        let expected = Expectations {
            metadata: &metadata,
            tenants: &AcceptedTenants::OfAuthority,
            audiences: &audiences,
            keep: &[],
        };
        let signed = access_token::read(black_box(&token)).expect("a token");
        let validated = access_token::validate(&signed, keys.at(MOMENT), &expected, NOW).expect("a good token");
        black_box(validated.into_principal());
    })
}

/// What Poem itself needs for a request with a token that nobody reads.
pub(super) fn plain_handler(_: &Material) -> Iteration {
    requests_with(plain_endpoint(), headers(&bearer(&TestAuth::new())))
}

/// The floor of a token seen before, written by hand.
pub(super) fn handler_by_hand(_: &Material) -> Iteration {
    let bearer = bearer(&TestAuth::new());
    requests_with(endpoint_by_hand(&bearer), headers(&bearer))
}

/// The handler for whoever may read files, with an argument that says who it is.
pub(super) fn guarded_handler(_: &Material) -> Iteration {
    let auth = TestAuth::new();
    requests_with(guarded_endpoint(&auth), headers(&bearer(&auth)))
}

pub(crate) fn plain_endpoint() -> impl Endpoint<Output = Response> + 'static {
    #[handler]
    fn files() -> &'static str {
        "files"
    }
    Route::new().at("/", get(files))
}

pub(crate) fn guarded_endpoint(auth: &TestAuth) -> impl Endpoint<Output = Response> + 'static {
    #[azure_auth::protect(scopes = "Files.Read")]
    #[handler]
    fn files(user: User) -> &'static str {
        black_box(user);
        "files"
    }
    azure_auth::endpoints! { "/" => get(files) }.with(auth.azure_auth())
}

/// A hash map from whole tokens to those they prove, in front of the same handler.
pub(crate) fn endpoint_by_hand(bearer: &str) -> impl Endpoint<Output = Response> + 'static + use<> {
    by_hand::endpoint(bearer.strip_prefix("Bearer ").expect("a bearer token"), |headers| {
        headers.get(AUTHORIZATION)?.to_str().ok()?.strip_prefix("Bearer ")
    })
}

pub(crate) fn bearer(auth: &TestAuth) -> String {
    let padding = "0123456789abcdef".repeat(32);
    auth.bearer(&TestIdentity::user().scope("Files.Read").claim("aio", padding))
}

/// What a program sends.
pub(crate) fn headers(bearer: &str) -> HeaderMap {
    [(HOST, "localhost"), (USER_AGENT, "files-client/1.0"), (ACCEPT, "application/json"), (AUTHORIZATION, bearer)]
        .into_iter()
        .map(|(name, value)| (name, HeaderValue::from_str(value).expect("a header")))
        .collect()
}

/// What Entra ID says of a person's client, for an API registered for version 2.0.
pub(super) fn claims() -> Value {
    json!({
        "aud": CLIENT,
        "iss": id_token::issuer(),
        "iat": NOW.0 - 300,
        "nbf": NOW.0 - 300,
        "exp": NOW.0 + 3600,
        "aio": "AXQAi/8TAAAAr7J4n2m1lVZ5cW0mJbXq8pQ2yT6sK9dH3gF1vB5nM0zX4cL7eR2wU8iO6aS3fD9jG5hK1lP0qY7tN4bV2xZ8mC6=",
        "azp": "22222222-bbbb-4ccc-8ddd-333333333333",
        "azpacr": "1",
        "name": "Adele Vance",
        "oid": "55555555-dddd-4eee-8fff-666666666666",
        "preferred_username": "adele.vance@contoso.example",
        "rh": "1.AX0A33333333cccc4ddd8eee44444444.",
        "roles": ["Admin", "Writer"],
        "scp": "Files.Read Files.ReadWrite",
        "sid": "007d8f10-0000-4000-8000-000000000000",
        "sub": "pHk3Qm9vX2JzZ1l0d0VtUjV1N2NLaThsT2pGYWVWbkQ",
        "tid": TENANT,
        "uti": "dGhpcyBpcyBub3QgcmVhbA",
        "ver": "2.0",
        "xms_ftd": "x1y2z3a4b5c6d7e8f9g0h1i2j3k4l5m6n7o8p9q0r1s",
    })
}
