//! What is done with each input, and what must hold whatever it is. Included by the fuzzers and by the ordinary tests.

use std::sync::{Arc, OnceLock};
use std::time::Duration;

use aws_lc_rs::rand::SystemRandom;
use aws_lc_rs::rsa::{KeyPair, KeySize};
use aws_lc_rs::signature::{KeyPair as _, RSA_PKCS1_SHA256};
use azure_auth_policy::Guid;
use base64::Engine;
use base64::engine::general_purpose::URL_SAFE_NO_PAD;
use serde_json::{Value, json};
use url::Url;

use crate::model::callers::groups::RelevantGroups;
use crate::model::callers::identity::UserId;
use crate::model::callers::principal::{Evidence, Party, Principal};
use crate::model::moment::Moment;
use crate::model::providers::issuer::IssuerPattern;
use crate::model::providers::key_set::JsonWebKeySet;
use crate::model::providers::provider_metadata::{ClientAuthentication, DiscoveryDocument, ProviderMetadata};
use crate::model::sessions::session::{AuthorityFingerprint, Beginning, SessionId, SessionLifetimes, SessionRecord};
use crate::model::sessions::sign_in_attempt::SignInAttempt;
use crate::model::settings::authority::{Authority, TenantName};
use crate::model::settings::origin::is_loopback;
use crate::model::settings::tenants::AcceptedTenants;
use crate::model::unix_time::UnixTime;
use crate::rules::downstream::claims_challenge::{self, RequestedClaims};
use crate::rules::request::return_to;
use crate::rules::session::cookies;
use crate::rules::session::seal::{Purpose, SealingKeys};
use crate::rules::session::session_record::{self, Birth};
use crate::rules::sign_in::authorization_response::Arrival;
use crate::rules::sign_in::{authorization_response, login_request, sign_in_state};
use crate::rules::token::access_token::{self, RefusedAccessToken, TokenFacts};
use crate::rules::token::id_token::{self, IdTokenError};
use crate::rules::token::provider_metadata;
use crate::rules::token::signature::{KeySet, SignedToken};

/// A name, and what reads the bytes.
type Target = (&'static str, fn(&[u8]));

/// Every target under its name, which is also that of its corpus.
pub(crate) const TARGETS: [Target; 8] = [
    ("token", token),
    ("claims", claims),
    ("cookie", cookie),
    ("callback", callback),
    ("return_to", return_to),
    ("key_set", key_set),
    ("discovery", discovery),
    ("claims_challenge", claims_challenge),
];

const HOST: &str = "https://login.microsoftonline.com";
const TENANT: &str = "33333333-cccc-4ddd-8eee-444444444444";
const CLIENT: &str = "11111111-aaaa-4bbb-8ccc-222222222222";
const NONCE: &str = "n";
const NOW: UnixTime = UnixTime(1_800_000_000);
const MOMENT: Moment = Moment::after(Duration::from_secs(1_000_000));
const LEEWAY: u64 = 300;

/// A text in the place of a token: nobody but the provider can sign, so whatever it is, it is refused.
fn token(input: &[u8]) {
    let Ok(text) = std::str::from_utf8(input) else { return };
    let refused = access(text).expect_err("a token that nobody has signed");
    assert_eq!(TokenFacts { kid: None, ..refused.facts.clone() }, TokenFacts::default(), "told before the signature");
    assert_is_fit_for_a_log(&refused);
    let problem = session(text).expect_err("an ID token that nobody has signed");
    assert_is_printable(&problem.to_string());
    if SignedToken::read(text).is_ok() {
        assert_eq!(text.split('.').count(), 3);
    }
}

/// Claims that the provider has signed: what is accepted says what it must say.
fn claims(input: &[u8]) {
    let token = sign(input);
    // Beside claims that are read there may be some that only a reader who skips them gets past.
    let claims: Option<Value> = serde_json::from_slice(input).ok();
    match (access(&token), &claims) {
        (Ok(principal), Some(claims)) => assert_is_earned(&principal, claims),
        (Ok(_), None) => {}
        (Err(refused), _) => assert_is_fit_for_a_log(&refused),
    }
    match (session(&token), &claims) {
        (Ok(session), Some(claims)) => assert_is_answer(&session, claims),
        (Ok(_), None) => {}
        (Err(problem), _) => assert_is_printable(&problem.to_string()),
    }
}

/// A cookie header, the value of a sealed cookie, and what was sealed in it.
fn cookie(input: &[u8]) {
    const NAME: &str = "azure-session";
    let keys = sealing_keys();
    if let Ok(text) = std::str::from_utf8(input) {
        let find = |name: &str| cookies::find([input, b"a=b"].into_iter(), name);
        let value = find(NAME).and_then(|value| std::str::from_utf8(value).ok());
        assert!(value.is_none_or(|value| text.contains(&format!("{NAME}={value}"))));
        if let Some(whole) = cookies::whole(NAME, find) {
            assert!(whole.len() <= input.len(), "nothing is added");
        }
        for value in [Some(text), value].into_iter().flatten() {
            if let Ok(plain) = keys.open(NAME, value) {
                // One text per sealed value: no other spelling of it opens.
                let nonce = URL_SAFE_NO_PAD.decode(value).expect("base64url")[5..17].try_into().expect("a nonce");
                assert_eq!(keys.seal(NAME, &plain, nonce).as_deref(), Some(value));
            }
        }
    }
    if let Some(mut record) = session_record::read(input) {
        // Fractions in further claims come back as near as JSON brings them.
        Arc::make_mut(&mut record.identity).claims.clear();
        let written = serde_json::to_vec(&record).expect("a record");
        assert_eq!(session_record::read(&written), Some(record));
    }
    if let Some(attempt) = SignInAttempt::from_bytes(input) {
        assert_eq!(attempt.to_bytes(), input);
    }
    let sealed = keys.seal(NAME, &input[..input.len().min(2000)], [7; 12]).expect("a seal");
    assert_eq!(keys.open(NAME, &sealed).as_deref(), Ok(&input[..input.len().min(2000)]));
}

/// The query of a callback. No state in it opens, and whatever comes with it is fit for a log.
fn callback(input: &[u8]) {
    let Ok(query) = std::str::from_utf8(input) else { return };
    let request = login_request::read(query, true);
    let way_back = return_to::return_to(&request.return_to);
    assert!(way_back == request.return_to || way_back == "/");
    request.ignored.iter().for_each(|name| assert_is_printable(name));
    match authorization_response::read(query) {
        Ok(Arrival::Answer(response)) => {
            assert!(
                sign_in_state::open(&response.state, sealing_keys(), "azure-sign-in").is_none(),
                "nobody sealed it"
            );
            let cookie = sign_in_state::browser_cookie([9; 32]);
            let attempt = SignInAttempt {
                secret: [9; 32],
                started_at: NOW,
                authority: AuthorityFingerprint::default(),
                browser: sign_in_state::mark(&cookie),
                return_to: "/".to_owned(),
                frame: None,
                prompt: None,
                begun_anew: 0,
                access: None,
            };
            assert!(sign_in_state::bind(&attempt, Some(query)).is_err());
            let Ok(own) = sign_in_state::bind(&attempt, Some(&cookie)) else { panic!("it is this browser's") };
            if let Err(problem) = authorization_response::judge(response, own, &metadata(), NOW) {
                assert_is_printable(&problem.to_string());
            }
        }
        Ok(Arrival::Nothing) => assert!(query.bytes().all(|byte| byte == b'&')),
        Ok(Arrival::Unasked(_)) => {}
        Err(problem) => assert_is_printable(&problem.to_string()),
    }
}

/// Wherever it points, a browser stays at our own origin.
fn return_to(input: &[u8]) {
    let Ok(wanted) = std::str::from_utf8(input) else { return };
    let path = return_to::return_to(wanted);
    assert!(path.starts_with('/') && path.len() <= 512 && path.bytes().all(|byte| byte.is_ascii_graphic()));
    let base = Url::parse("https://app.example.com/login").expect("an address");
    for path in [path.to_owned(), percent_decoded(path)] {
        let target = base.join(&path).expect("an address");
        assert_eq!(target.origin(), base.origin(), "{path}");
    }
}

/// A key set document. No key in it verifies what another key has signed.
fn key_set(input: &[u8]) {
    let Ok(document) = serde_json::from_slice::<JsonWebKeySet>(input) else { return };
    let signed = sign(b"{}");
    for keys_are_named in [true, false] {
        let keys = KeySet::read(&document, keys_are_named);
        assert!(keys.equals(&keys) && keys.equals(&KeySet::read(&document, keys_are_named)));
        assert!(SignedToken::read(&signed).expect("a token").verify(keys.at(MOMENT)).is_err());
        let later = KeySet::default().with_those_of(&keys, MOMENT);
        assert!(later.equals(&KeySet::default().with_those_of(&keys, MOMENT)));
        assert!(KeySet::default().with_those_of(&later, MOMENT).is_empty(), "two answers without any");
    }
}

/// A discovery document. What is accepted names the authority, and addresses that are safe to call.
fn discovery(input: &[u8]) {
    let Ok(document) = serde_json::from_slice::<DiscoveryDocument>(input) else { return };
    for authority in authorities() {
        let Ok(metadata) = provider_metadata::judge(authority, &document) else { continue };
        let ProviderMetadata { authorization_endpoint, token_endpoint, keys_address, end_session_endpoint, .. } =
            &metadata;
        for address in [authorization_endpoint, token_endpoint, keys_address].into_iter().chain(end_session_endpoint) {
            assert!(address.scheme() == "https" || authority.is_loopback() && is_loopback(address), "{address}");
        }
        assert_eq!(metadata.issuer.to_string(), document.issuer);
        if let Authority::OpenId { issuer } = authority {
            assert_eq!(document.issuer.strip_suffix('/').unwrap_or(&document.issuer), issuer);
        }
        assert_eq!(matches!(metadata.issuer, IssuerPattern::Template { .. }), is_open(authority));
    }
}

/// The challenges of an answer, a header in each line. What is believed is a claims request, and the challenge that passes
/// it on to a caller says the same.
fn claims_challenge(input: &[u8]) {
    let Some(RequestedClaims(claims)) = claims_challenge::read(input.split(|byte| *byte == b'\n')) else { return };
    let of_token = |claims: &str| {
        let request: Value = serde_json::from_str(claims).expect("JSON");
        request["access_token"].as_object().expect("claims of the access token").clone()
    };
    let asked = of_token(&claims);
    assert!(claims.len() <= 8 * 1024);
    let header = format!(r#"Bearer error="insufficient_claims", claims="{}""#, claims_challenge::encoded(&claims));
    let RequestedClaims(again) = claims_challenge::read([header.as_bytes()]).expect("the same challenge");
    assert!(of_token(&again).keys().eq(asked.keys()));
    let sent = claims_challenge::merged(Some(&claims), true).expect("claims");
    let sent = of_token(&sent);
    assert!(asked.keys().all(|name| sent.contains_key(name)));
    let capabilities = sent["xms_cc"]["values"].as_array().expect("a list");
    assert!(capabilities.iter().any(|value| value.as_str().is_some_and(|value| value.eq_ignore_ascii_case("cp1"))));
}

fn access(token: &str) -> Result<Principal, Box<RefusedAccessToken>> {
    let (metadata, keys) = (metadata(), keys());
    let audiences = [CLIENT.to_owned(), format!("api://{CLIENT}")];
    let keep = ["department".to_owned()];
    let expected = access_token::Expectations {
        metadata: &metadata,
        tenants: &AcceptedTenants::OfAuthority,
        audiences: &audiences,
        keep: &keep,
    };
    let signed = access_token::read(token)?;
    access_token::validate(&signed, keys.at(MOMENT), &expected, NOW)
        .map(access_token::ValidatedAccessToken::into_principal)
}

/// The session that begins with an ID token.
fn session(token: &str) -> Result<SessionRecord, IdTokenError> {
    let metadata = metadata();
    let expected = id_token::Expectations {
        metadata: &metadata,
        is_entra: true,
        client_id: CLIENT,
        tenants: &AcceptedTenants::OfAuthority,
        nonce: NONCE,
        access_token: "access",
        keep: &[],
    };
    let token = id_token::validate(&SignedToken::read(token)?, keys().at(MOMENT), &expected, NOW)?;
    let (groups, lifetimes) = (RelevantGroups::default(), SessionLifetimes::default());
    let (beginning, authority) = (Beginning::default(), AuthorityFingerprint::default());
    let birth = Birth { id: SessionId([0, 0]), beginning, authority, now: NOW };
    Ok(session_record::begin(token, &groups, lifetimes, birth))
}

fn assert_is_earned(principal: &Principal, claims: &Value) {
    let text = |name: &str| claims[name].as_str();
    let id = |name: &str| text(name).and_then(|id| id.parse::<Guid>().ok());
    let scopes = text("scp").unwrap_or_default();
    let has_scopes = !scopes.trim().is_empty();
    let ends = claims["exp"].as_u64().expect("a time").saturating_add(LEEWAY);
    assert!(NOW.0 < ends && principal.ends_at == UnixTime(ends));
    let audience = text("aud").expect("an audience");
    assert!([CLIENT, &format!("api://{CLIENT}")].contains(&audience.strip_suffix('/').unwrap_or(audience)));
    let issuer = match text("ver") {
        Some("2.0") => format!("{HOST}/{TENANT}/v2.0"),
        Some("1.0") => format!("https://sts.windows.net/{TENANT}/"),
        other => panic!("version {other:?}"),
    };
    assert_eq!(text("iss"), Some(issuer.as_str()));
    assert_eq!((id("tid"), principal.tenant()), (TENANT.parse().ok(), TENANT.parse().ok()));
    for later in ["nbf", "iat"] {
        assert!(claims[later].as_u64().is_none_or(|time| time <= NOW.0 + LEEWAY));
    }
    let Evidence::Bearer(permissions) = &principal.evidence else { panic!("a session from a token") };
    assert!(scopes.split(' ').filter(|scope| !scope.is_empty()).all(|scope| permissions.contains(scope)));
    match &principal.party {
        Party::User(identity) => {
            assert!(has_scopes && text("idtyp") != Some("app"));
            let object = id("oid").expect("an object");
            assert_eq!(identity.id, UserId::Entra { tenant: TENANT.parse().expect("an id"), object });
        }
        Party::Application(application) => {
            assert!(!has_scopes && !application.roles.is_empty());
            let client = text("azp").or(text("appid"));
            assert_eq!(client, Some(application.client_id.as_str()));
            let is_its_own_subject = text("sub").is_some() && text("sub") == text("oid") && text("idtyp").is_none();
            assert!(is_its_own_subject || text("idtyp") == Some("app"));
        }
    }
}

fn assert_is_answer(session: &SessionRecord, claims: &Value) {
    let text = |name: &str| claims[name].as_str();
    assert_eq!(text("nonce"), Some(NONCE));
    assert_eq!(text("aud"), Some(CLIENT));
    assert_eq!(text("iss"), Some(format!("{HOST}/{TENANT}/v2.0").as_str()));
    assert!(text("sub").is_some_and(|subject| !subject.is_empty()));
    assert!(claims["exp"].as_u64().expect("a time").saturating_add(LEEWAY) > NOW.0);
    let id = |name: &str| text(name).and_then(|id| id.parse::<Guid>().ok()).expect("an id");
    assert_eq!(id("tid").to_string(), TENANT);
    assert_eq!(session.identity.id, UserId::Entra { tenant: id("tid"), object: id("oid") });
}

fn assert_is_fit_for_a_log(refused: &RefusedAccessToken) {
    let TokenFacts { kid, iss, aud, tid, azp, uti } = &refused.facts;
    for fact in [kid, iss, aud, tid, azp, uti].into_iter().flatten() {
        assert!(fact.len() <= 200 && fact.bytes().all(|byte| byte.is_ascii_graphic()));
    }
    assert_is_printable(&refused.to_string());
}

fn assert_is_printable(text: &str) {
    assert!(text.len() < 2000 && !text.contains(char::is_control), "{text:?}");
}

fn percent_decoded(text: &str) -> String {
    let pairs = format!("x={}", text.replace('&', "%26").replace('+', "%2B"));
    url::form_urlencoded::parse(pairs.as_bytes()).next().map(|(_, value)| value.into_owned()).expect("one pair")
}

fn is_open(authority: &Authority) -> bool {
    matches!(authority, Authority::Entra { tenant: TenantName::Common | TenantName::Organizations, .. })
}

fn authorities() -> &'static [Authority] {
    static AUTHORITIES: OnceLock<Vec<Authority>> = OnceLock::new();
    AUTHORITIES.get_or_init(|| {
        [
            &format!("{HOST}/{TENANT}"),
            &format!("{HOST}/contoso.onmicrosoft.com"),
            &format!("{HOST}/common"),
            &format!("{HOST}/organizations"),
            &format!("{HOST}/consumers"),
            &format!("https://contoso.ciamlogin.com/{TENANT}"),
            "https://accounts.example",
            &format!("http://127.0.0.1:4000/{TENANT}"),
            "http://localhost:4000",
        ]
        .map(|text| Authority::parse(text).expect("an authority"))
        .into()
    })
}

fn metadata() -> ProviderMetadata {
    let address = |path: &str| Url::parse(&format!("{HOST}/{TENANT}/{path}")).expect("an address");
    ProviderMetadata {
        issuer: IssuerPattern::Literal(format!("{HOST}/{TENANT}/v2.0")),
        first_version_issuer: Some(IssuerPattern::Literal(format!("https://sts.windows.net/{TENANT}/"))),
        tenant: Some(TENANT.parse().expect("an id")),
        authorization_endpoint: address("authorize"),
        token_endpoint: address("token"),
        keys_address: address("keys"),
        end_session_endpoint: None,
        cloud_instance_name: None,
        graph: None,
        client_authentication: ClientAuthentication::Form,
        names_issuer_in_response: false,
        user_info_endpoint: None,
    }
}

fn sealing_keys() -> &'static SealingKeys {
    static KEYS: OnceLock<SealingKeys> = OnceLock::new();
    KEYS.get_or_init(|| SealingKeys::derive(&[vec![1; 32]], Purpose::Session).expect("keys"))
}

/// The provider's key. It is made anew in every process, so that no kept input is signed by it.
fn key_pair() -> &'static KeyPair {
    static KEY: OnceLock<KeyPair> = OnceLock::new();
    KEY.get_or_init(|| KeyPair::generate(KeySize::Rsa2048).expect("a key"))
}

fn keys() -> &'static KeySet {
    static KEYS: OnceLock<KeySet> = OnceLock::new();
    KEYS.get_or_init(|| {
        // RSAPublicKey in DER: nine bytes of headers, then 256 bytes of modulus.
        let modulus = URL_SAFE_NO_PAD.encode(&key_pair().public_key().as_ref()[9..265]);
        let key = json!({"kty": "RSA", "kid": "k", "n": modulus, "e": "AQAB"});
        KeySet::read(&JsonWebKeySet { keys: vec![key] }, true)
    })
}

fn sign(payload: &[u8]) -> String {
    let header = URL_SAFE_NO_PAD.encode(r#"{"typ":"JWT","alg":"RS256","kid":"k"}"#);
    let signed = format!("{header}.{}", URL_SAFE_NO_PAD.encode(payload));
    let mut signature = vec![0; key_pair().public_modulus_len()];
    key_pair().sign(&RSA_PKCS1_SHA256, &SystemRandom::new(), signed.as_bytes(), &mut signature).expect("a signature");
    format!("{signed}.{}", URL_SAFE_NO_PAD.encode(signature))
}
