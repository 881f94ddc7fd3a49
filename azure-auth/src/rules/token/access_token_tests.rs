//! One table: first the tokens that pass, then tokens one defect away, each with its error, its values and its reason.

use super::*;
use crate::model::callers::groups::{Groups, UnknownGroups};
use crate::model::callers::identity::Identity;
use crate::model::providers::issuer::IssuerPattern;
use crate::rules::token::id_token::tests::{
    CLIENT, HEADER, HOST, MOMENT, NOW, OBJECT, OTHER_TENANT, TENANT, key, key_set, metadata, modulus_of,
    other_key_pair, sign, sign_by, template,
};
use crate::rules::token::signature::KeySet;
use crate::rules::token::token_claims::CLOCK_LEEWAY;
use serde_json::{Value, json};

const CALLER: &str = "77777777-eeee-4fff-8000-888888888888";
const LEEWAY: u64 = CLOCK_LEEWAY.as_secs();

/// The API as it is configured, and the keys of its provider.
struct Api {
    metadata: ProviderMetadata,
    keys: KeySet,
    tenants: AcceptedTenants,
    audiences: Vec<String>,
}

impl Api {
    /// For one tenant, whose keys name it.
    fn new() -> Self {
        let issuer = json!({"issuer": format!("{HOST}/{TENANT}/v2.0"), "cloud_instance_name": "microsoftonline.com"});
        Self {
            metadata: metadata(),
            keys: key_set(vec![key(&issuer)], true),
            tenants: AcceptedTenants::OfAuthority,
            audiences: vec![CLIENT.to_owned(), format!("api://{CLIENT}"), "https://api.contoso.com/v1".to_owned()],
        }
    }

    /// For several tenants, with the keys of `common`.
    fn of_tenants(tenants: AcceptedTenants) -> Self {
        let first_version_issuer = Some(IssuerPattern::parse("https://sts.windows.net/{tenantid}/"));
        let metadata = ProviderMetadata { first_version_issuer, ..template() };
        Self { metadata, keys: key_for(&format!("{HOST}/{{tenantid}}/v2.0")), tenants, ..Self::new() }
    }

    fn judge(&self, token: &str) -> Result<Principal, Box<RefusedAccessToken>> {
        let keep = ["department".to_owned()];
        let expected =
            Expectations { metadata: &self.metadata, tenants: &self.tenants, audiences: &self.audiences, keep: &keep };
        validate(&read(token)?, self.keys.at(MOMENT), &expected, NOW).map(ValidatedAccessToken::into_principal)
    }

    #[track_caller]
    fn admits(&self, claims: &Value) -> Principal {
        self.judge(&token(claims)).unwrap_or_else(|refused| panic!("{refused}: {claims}"))
    }

    /// The token is refused for exactly this, and the refusal is fit for a log.
    #[track_caller]
    fn refuses(&self, token: &str, error: impl Into<AccessTokenError>, reason: Reason) -> TokenFacts {
        let refused = *self.judge(token).expect_err(token);
        assert_eq!((&refused.error, refused.error.reason()), (&error.into(), reason), "{token:.300}");
        for text in refused.facts.texts() {
            assert!(text.len() <= 200 && text.bytes().all(|byte| byte.is_ascii_graphic()), "{text}");
        }
        let shown = format!("{refused} {refused:?}");
        for secret in ["Adele", "adele@contoso.com", "Vance"] {
            assert!(!shown.contains(secret), "{shown}");
        }
        assert!(!shown.contains("eyJ") && !shown.contains(|letter: char| letter.is_control()), "{shown}");
        refused.facts
    }
}

impl TokenFacts {
    fn texts(&self) -> impl Iterator<Item = &String> {
        let Self { kid, iss, aud, tid, azp, uti } = self;
        [kid, iss, aud, tid, azp, uti].into_iter().flatten()
    }
}

/// The provider's key, if it may sign for this issuer only.
fn key_for(issuer: &str) -> KeySet {
    key_set(vec![key(&json!({"issuer": issuer, "cloud_instance_name": "microsoftonline.com"}))], true)
}

fn token(claims: &Value) -> String {
    sign(HEADER, claims.to_string())
}

/// A person's token of version 2.0, as Entra makes it.
fn delegated() -> Value {
    json!({
        "aud": CLIENT, "iss": format!("{HOST}/{TENANT}/v2.0"), "iat": NOW.0 - 300, "nbf": NOW.0 - 300,
        "exp": NOW.0 + 3600, "aio": "AXQAi", "azp": CALLER, "azpacr": "1", "name": "Adele Vance", "oid": OBJECT,
        "preferred_username": "adele@contoso.com", "rh": "1.AX0A", "roles": ["Admin"], "scp": "Files.Read Files.List",
        "sid": "s", "sub": "HKZpfaHyWadeOouYlitjrI-KffTm222X5rrV3xDqfKQ", "tid": TENANT, "uti": "u", "ver": "2.0",
    })
}

/// An application's own token of version 2.0, without `idtyp`.
fn application() -> Value {
    with(
        &without(&delegated(), &["name", "preferred_username", "scp", "sid"]),
        &json!({"roles": ["Files.Read.All"], "sub": OBJECT, "azpacr": "2"}),
    )
}

/// The same of version 1.0, for the address that the client wrote.
fn first_version(claims: &Value) -> Value {
    let changed = json!({
        "ver": "1.0", "iss": format!("https://sts.windows.net/{TENANT}/"), "aud": format!("api://{CLIENT}"),
        "appid": CALLER, "appidacr": "1", "unique_name": "adele@contoso.com",
    });
    with(&without(claims, &["azp", "azpacr", "preferred_username"]), &changed)
}

/// An ID token of the same registration.
fn id_token() -> Value {
    with(&without(&delegated(), &["azp", "azpacr", "scp"]), &json!({"nonce": "n"}))
}

fn with(claims: &Value, changes: &Value) -> Value {
    let mut claims = claims.clone();
    for (name, value) in changes.as_object().unwrap() {
        claims[name] = value.clone();
    }
    claims
}

fn without(claims: &Value, names: &[&str]) -> Value {
    let mut claims = claims.clone();
    for name in names {
        claims.as_object_mut().unwrap().remove(*name);
    }
    claims
}

/// The delegated token with one member written as this JSON text, in the place of its own if it has one.
fn with_text(name: &str, text: &str) -> String {
    let others = without(&delegated(), &[name]).to_string();
    format!("{},\"{name}\":{text}}}", others.strip_suffix('}').unwrap())
}

fn person(principal: &Principal) -> &Identity {
    let Party::User(identity) = &principal.party else { panic!("{principal:?}") };
    identity
}

fn robot(principal: &Principal) -> &ApplicationIdentity {
    let Party::Application(identity) = &principal.party else { panic!("{principal:?}") };
    identity
}

fn permissions(principal: &Principal) -> &Permissions {
    let Evidence::Bearer(permissions) = &principal.evidence else { panic!("{principal:?}") };
    permissions
}

fn tenant() -> Guid {
    TENANT.parse().unwrap()
}

fn missing(name: &'static str) -> AccessTokenError {
    ClaimError::Missing { name }.into()
}

// What passes.

#[test]
fn a_delegated_token_proves_the_person_and_the_clients_permissions() {
    let principal = Api::new().admits(&delegated());
    let identity = person(&principal);
    assert_eq!(identity.id, UserId::Entra { tenant: tenant(), object: OBJECT.parse().unwrap() });
    assert_eq!(
        (identity.display_name.as_deref(), &identity.roles[..]),
        (Some("Adele Vance"), &["Admin".to_owned()][..])
    );
    let permissions = permissions(&principal);
    assert!(permissions.contains("Files.Read") && permissions.contains("Files.List"));
    for other in ["Files", "Files.Read Files.List", "files.read", "", " ", "Admin"] {
        assert!(!permissions.contains(other), "{other:?}");
    }
    assert_eq!(principal.ends_at, UnixTime(NOW.0 + 3600 + LEEWAY));
}

#[test]
fn the_client_that_asked_for_a_token_is_remembered_in_either_version() {
    let api = Api::new();
    for (claims, expected) in [
        (delegated(), Some(CALLER)),
        (application(), Some(CALLER)),
        (first_version(&delegated()), Some(CALLER)),
        (without(&delegated(), &["azp"]), None),
    ] {
        assert_eq!(api.admits(&claims).client_id.as_deref(), expected, "{claims}");
    }
}

#[test]
fn every_shape_of_a_persons_token_is_theirs() {
    let api = Api::new();
    let guest = json!({"acct": 1, "idp": "https://sts.windows.net/72f988bf-86f1-41af-91ab-2d7cd0122247/",
        "email": "adele@fabrikam.example", "preferred_username": "adele@fabrikam.example"});
    for claims in [
        with(&delegated(), &json!({"idtyp": "user"})),
        with(&delegated(), &guest),
        with(&delegated(), &json!({"scp": "access_as_user"})),
        with(&delegated(), &json!({"scp": " Files.Read  Files.List "})),
        // An object may be its own subject; with `scp` it is a person all the same.
        with(&delegated(), &json!({"sub": OBJECT})),
        with(&delegated(), &json!({"oid": OBJECT.to_uppercase()})),
        with(&delegated(), &json!({"unknown": {"deep": [[{"tid": "x"}]]}, "TENANT": 1})),
        without(&delegated(), &["roles", "name", "preferred_username", "uti", "iat", "nbf", "sub"]),
        first_version(&delegated()),
        with(&first_version(&delegated()), &json!({"aud": CLIENT})),
    ] {
        let principal = api.admits(&claims);
        assert_eq!(person(&principal).id, UserId::Entra { tenant: tenant(), object: OBJECT.parse().unwrap() });
        assert_eq!(principal.tenant(), Some(tenant()));
    }
    let renamed = api.admits(&first_version(&delegated()));
    assert_eq!(person(&renamed).preferred_username.as_deref(), Some("adele@contoso.com"));
    let kept = api.admits(&with(&delegated(), &json!({"department": {"name": "Retail"}, "others": 1})));
    assert_eq!(person(&kept).claims, [("department".to_owned(), json!({"name": "Retail"}))].into());
}

#[test]
fn every_shape_of_an_applications_own_token_is_its_own() {
    let api = Api::new();
    for claims in [
        application(),
        with(&application(), &json!({"idtyp": "app"})),
        with(&application(), &json!({"idtyp": "app", "sub": "another"})),
        with(&application(), &json!({"idtyp": "app", "scp": ""})),
        with(&application(), &json!({"roles": "Files.Read.All"})),
        first_version(&application()),
        with(&first_version(&application()), &json!({"idtyp": "app"})),
    ] {
        let principal = api.admits(&claims);
        let expected = ApplicationIdentity {
            client_id: CALLER.to_owned(),
            object: Some(OBJECT.parse().unwrap()),
            tenant: tenant(),
            roles: vec!["Files.Read.All".to_owned()],
        };
        assert_eq!(robot(&principal), &expected, "{claims}");
        assert!(!permissions(&principal).contains("") && !permissions(&principal).contains("Files.Read.All"));
    }
    let nameless = with(&without(&application(), &["oid", "sub"]), &json!({"idtyp": "app"}));
    assert_eq!(robot(&api.admits(&nameless)).object, None);
}

#[test]
fn one_role_may_be_written_without_a_list() {
    let principal = Api::new().admits(&with(&delegated(), &json!({"roles": "Writer"})));
    assert_eq!(principal.roles(), ["Writer"]);
}

#[test]
fn groups_are_known_only_where_the_token_tells_ids_and_all_of_them() {
    let api = Api::new();
    let group = "cccccccc-0000-4000-8000-000000000001";
    let ids = |texts: &[&str]| Ok(texts.iter().map(|text| text.parse().unwrap()).collect());
    let sources = json!({"src1": {"endpoint": "https://graph.windows.net/x/getMemberObjects"}});
    for (changes, expected) in [
        (json!({}), Err(UnknownGroups::ClaimAbsent)),
        (json!({"groups": []}), ids(&[])),
        (json!({"groups": group}), ids(&[group])),
        (json!({"groups": [group, OBJECT]}), ids(&[group, OBJECT])),
        (json!({"_claim_names": {"groups": "src1"}, "_claim_sources": sources}), Err(UnknownGroups::Overage)),
        (json!({"_claim_names": {"groups": "src1"}, "groups": [group]}), Err(UnknownGroups::Overage)),
        (json!({"hasgroups": true}), Err(UnknownGroups::Overage)),
        (json!({"groups": "src1:https://graph.windows.net/x"}), Err(UnknownGroups::NotIds)),
        (json!({"groups": ["CONTOSO\\Staff"]}), Err(UnknownGroups::NotIds)),
        (json!({"groups": [group, "Staff"]}), Err(UnknownGroups::NotIds)),
    ] {
        assert_eq!(api.admits(&with(&delegated(), &changes)).groups, Groups::of_token(expected), "{changes}");
    }
}

#[test]
fn the_audience_may_be_written_as_it_is_registered_or_with_one_slash() {
    for audience in [
        CLIENT,
        &format!("api://{CLIENT}"),
        &format!("api://{CLIENT}/"),
        "https://api.contoso.com/v1",
        "https://api.contoso.com/v1/",
    ] {
        Api::new().admits(&with(&delegated(), &json!({"aud": audience})));
        Api::new().admits(&with(&first_version(&delegated()), &json!({"aud": audience})));
    }
}

#[test]
fn times_hold_up_to_the_leeway_and_not_a_second_longer() {
    let api = Api::new();
    for changes in [
        json!({"exp": NOW.0 - LEEWAY + 1}),
        json!({"exp": u64::MAX}),
        json!({"nbf": NOW.0 + LEEWAY}),
        json!({"iat": NOW.0 + LEEWAY}),
        json!({"nbf": 0, "iat": 0}),
    ] {
        api.admits(&with(&delegated(), &changes));
    }
    assert_eq!(api.admits(&with(&delegated(), &json!({"exp": NOW.0 - LEEWAY + 1}))).ends_at, UnixTime(NOW.0 + 1));

    let expired = |seconds| ClaimError::Expired { expired_at: UnixTime(seconds), now: NOW };
    for seconds in [NOW.0 - LEEWAY, NOW.0 - LEEWAY - 1, 0] {
        let claims = with(&delegated(), &json!({"exp": seconds}));
        api.refuses(&token(&claims), expired(seconds), Reason::TokenExpired);
    }
    for seconds in [NOW.0 + LEEWAY + 1, u64::MAX] {
        let early = token(&with(&delegated(), &json!({"nbf": seconds})));
        let error = ClaimError::NotYetValid { valid_from: UnixTime(seconds), now: NOW };
        api.refuses(&early, error, Reason::TokenNotYetValid);
        let later = token(&with(&delegated(), &json!({"iat": seconds})));
        let error = ClaimError::IssuedLater { issued_at: UnixTime(seconds), now: NOW };
        api.refuses(&later, error, Reason::TokenNotYetValid);
    }
}

// Something that is not a token, or not one for us to read.

#[test]
fn what_is_no_compact_token_is_refused_before_any_work() {
    let api = Api::new();
    let good = token(&delegated());
    let (signed, signature) = good.rsplit_once('.').unwrap();
    let (header, payload) = signed.split_once('.').unwrap();
    for (text, expected) in [
        (String::new(), SignatureError::NotCompact { found: 1 }),
        ("a".to_owned(), SignatureError::NotCompact { found: 1 }),
        (signed.to_owned(), SignatureError::NotCompact { found: 2 }),
        (format!("{good}."), SignatureError::NotCompact { found: 4 }),
        (format!(".{good}"), SignatureError::NotCompact { found: 4 }),
        (format!("{good}.a.b.c"), SignatureError::NotCompact { found: 6 }),
        // RFC 7515 §7.2: the JSON serializations.
        (
            format!(r#"{{"payload":"{payload}","protected":"{header}","signature":"{signature}"}}"#),
            SignatureError::NotCompact { found: 1 },
        ),
        ("..".to_owned(), SignatureError::Header(JsonProblem::NotAnObject)),
        (format!(".{payload}.{signature}"), SignatureError::Header(JsonProblem::NotAnObject)),
        // RFC 7515 §2: base64url without padding, line breaks, blanks or other characters.
        (format!("{header}=.{payload}.{signature}"), SignatureError::NotBase64 { part: "header" }),
        (format!(" {good}"), SignatureError::NotBase64 { part: "header" }),
        (format!("{header}\n.{payload}.{signature}"), SignatureError::NotBase64 { part: "header" }),
        (format!("+/{header}.{payload}.{signature}"), SignatureError::NotBase64 { part: "header" }),
        (format!("é.{payload}.{signature}"), SignatureError::NotBase64 { part: "header" }),
        (format!("{good}="), SignatureError::NotBase64 { part: "signature" }),
        (format!("{good} "), SignatureError::NotBase64 { part: "signature" }),
        (format!("{good}\r\n"), SignatureError::NotBase64 { part: "signature" }),
        (good.replace(signature, &signature.replace(['-', '_'], "+")), SignatureError::NotBase64 { part: "signature" }),
    ] {
        let facts = api.refuses(&text, expected, Reason::TokenMalformed);
        assert!(facts.iss.is_none() && facts.uti.is_none(), "nothing is read before the signature");
    }
}

/// One text per token: other spellings of the same bytes would be other keys of the cache.
#[test]
fn the_last_character_has_no_spare_bits() {
    let good = token(&delegated());
    let alphabet = b"ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789-_";
    let last = alphabet.iter().position(|letter| *letter == good.as_bytes()[good.len() - 1]).unwrap();
    // 256 bytes are 341 characters and two more bits: four are spare.
    let other = format!("{}{}", &good[..good.len() - 1], char::from(alphabet[last | 1]));
    Api::new().refuses(&other, SignatureError::NotBase64 { part: "signature" }, Reason::TokenMalformed);
}

#[test]
fn a_long_text_is_refused_by_its_length_alone() {
    let good = token(&delegated());
    for length in [16 * 1024 + 1, 1024 * 1024] {
        let error = SignatureError::TooLong { found: length };
        Api::new().refuses(&format!("{good}{}", "A".repeat(length - good.len())), error, Reason::TokenTooLong);
    }
    let at_the_limit = format!("{good}{}", "A".repeat(16 * 1024 - good.len()));
    let refused = Api::new().judge(&at_the_limit).unwrap_err();
    assert_ne!(refused.error.reason(), Reason::TokenTooLong);
}

#[test]
fn an_encrypted_token_is_recognised() {
    for text in ["a.b.c.d.e", "....", "eyJhbGciOiJSU0EtT0FFUCJ9.b.c.d.e"] {
        Api::new().refuses(text, SignatureError::Encrypted, Reason::TokenEncrypted);
    }
}

#[test]
fn a_token_for_graph_is_recognised_by_its_header_and_by_its_audience() {
    let api = Api::new();
    for header in [
        r#"{"typ":"JWT","nonce":"AQAB","alg":"RS256","x5t":"k","kid":"k"}"#,
        r#"{"typ":"JWT","nonce":"AQAB","alg":"RS256","kid":"unknown"}"#,
        r#"{"nonce":null,"alg":"RS256"}"#,
    ] {
        api.refuses(&sign(header, delegated().to_string()), AccessTokenError::OfGraph, Reason::TokenOfGraph);
    }
    for audience in
        ["https://graph.microsoft.com", "https://graph.microsoft.com/", "00000003-0000-0000-c000-000000000000"]
    {
        let claims = with(&first_version(&delegated()), &json!({"aud": audience}));
        api.refuses(&token(&claims), AccessTokenError::OfGraph, Reason::TokenOfGraph);
    }
}

// Header, algorithm, key and signature.

#[test]
fn a_header_that_is_not_exactly_ours_is_refused() {
    let api = Api::new();
    let header_problem = |problem| AccessTokenError::Signature(SignatureError::Header(problem));
    let wrong = |name, found| header_problem(JsonProblem::WrongType { name, found, expected: "a text" });
    let doubled = |name: &str| header_problem(JsonProblem::Duplicate { name: name.to_owned() });
    for (header, expected) in [
        ("[]", header_problem(JsonProblem::NotAnObject)),
        ("null", header_problem(JsonProblem::NotAnObject)),
        ("{}{}", header_problem(JsonProblem::NotAnObject)),
        ("\u{feff}{\"alg\":\"RS256\",\"kid\":\"k\"}", header_problem(JsonProblem::NotAnObject)),
        (r#"{"alg":"RS256","kid":"k",}"#, header_problem(JsonProblem::NotAnObject)),
        (r#"{"alg":"RS256","alg":"RS256","kid":"k"}"#, doubled("alg")),
        (r#"{"alg":"RS256","ALG":"none","kid":"k"}"#, doubled("ALG")),
        (r#"{"alg":"RS256","kid":"k","Kid":"K"}"#, doubled("Kid")),
        (r#"{"alg":"RS256","a\u006cg":"none","kid":"k"}"#, doubled("alg")),
        (r#"{"alg":"RS256","kid":"k","x\r\nforged=1":1,"x\r\nforged=1":1}"#, doubled("xforged=1")),
        (r#"{"alg":["RS256"],"kid":"k"}"#, wrong("alg", "a list")),
        (r#"{"alg":null,"kid":"k"}"#, wrong("alg", "null")),
        (r#"{"alg":"RS256","kid":7}"#, wrong("kid", "a number")),
        (r#"{"alg":"RS256","kid":null}"#, wrong("kid", "null")),
        (r#"{"alg":"RS256","kid":"k","typ":true}"#, wrong("typ", "true or false")),
        (r#"{"alg":"RS256","kid":"k","typ":"at+jwt"}"#, SignatureError::Kind { found: "at+jwt".to_owned() }.into()),
        (r#"{"alg":"RS256","kid":"k","typ":""}"#, SignatureError::Kind { found: String::new() }.into()),
        (r#"{"alg":"RS256","kid":"k","crit":["exp"],"exp":1}"#, SignatureError::Critical.into()),
        (r#"{"alg":"RS256","kid":"k","crit":[]}"#, SignatureError::Critical.into()),
        (r#"{"alg":"RS256","kid":"k","crit":null}"#, SignatureError::Critical.into()),
        (r#"{"alg":"RS256","kid":"k","b64":false,"crit":["b64"]}"#, SignatureError::Critical.into()),
    ] {
        let facts = api.refuses(&sign(header, delegated().to_string()), expected, Reason::TokenMalformed);
        assert_eq!(facts, TokenFacts::default(), "{header}");
    }
    for header in [r#"{"alg":"RS256","kid":"k"}"#, r#"{"kid":"k","alg":"RS256","typ":"jwt","cty":"x","b64":true}"#] {
        assert!(api.judge(&sign(header, delegated().to_string())).is_ok(), "{header}");
    }
}

fn other_algorithm(found: &str) -> SignatureError {
    SignatureError::Algorithm { found: printable(found) }
}

#[test]
fn the_token_does_not_choose_the_algorithm() {
    for algorithm in [
        "none", "NONE", "nOnE", "", "HS256", "RS384", "RS512", "PS256", "ES256", "EdDSA", "rs256", "RS256 ", "RSA-OAEP",
    ] {
        let header = json!({"alg": algorithm, "kid": "k"}).to_string();
        let good = sign(&header, delegated().to_string());
        let (signed, _) = good.rsplit_once('.').unwrap();
        for text in [&good, &format!("{signed}.")] {
            Api::new().refuses(text, other_algorithm(algorithm), Reason::TokenAlgorithm);
        }
    }
    let nameless = sign(r#"{"kid":"k"}"#, delegated().to_string());
    Api::new().refuses(&nameless, other_algorithm("none"), Reason::TokenAlgorithm);
}

#[test]
fn the_token_names_a_key_of_the_provider_and_brings_none() {
    let api = Api::new();
    let signed = |header: &Value| sign(&header.to_string(), delegated().to_string());
    let nameless = signed(&json!({"alg": "RS256"}));
    api.refuses(&nameless, SignatureError::KeyMissing, Reason::TokenKeyMissing);
    for kid in ["K", "", " k", "k\0", "../../k", "k' OR 1=1--", &"k".repeat(5000)] {
        let facts = api.refuses(
            &signed(&json!({"alg": "RS256", "kid": kid})),
            SignatureError::KeyUnknown,
            Reason::TokenKeyUnknown,
        );
        assert_eq!(facts, TokenFacts { kid: Some(printable(kid)), ..TokenFacts::default() });
    }

    let foreign = other_key_pair();
    let own_key = json!({"kty": "RSA", "kid": "k", "n": modulus_of(foreign), "e": "AQAB"});
    for header in [
        json!({"alg": "RS256", "kid": "k"}),
        json!({"alg": "RS256", "kid": "k", "jwk": own_key}),
        json!({"alg": "RS256", "kid": "k", "jku": "https://evil.example/keys", "x5u": "https://evil.example/chain"}),
        json!({"alg": "RS256", "kid": "k", "x5c": ["MIIB"], "x5t": "k"}),
    ] {
        let token = sign_by(foreign, &header.to_string(), delegated().to_string());
        let facts = api.refuses(&token, SignatureError::Signature, Reason::TokenSignature);
        assert_eq!(facts, TokenFacts { kid: Some("k".to_owned()), ..TokenFacts::default() });
    }
    let token = sign_by(foreign, &json!({"alg": "RS256", "jwk": own_key}).to_string(), delegated().to_string());
    api.refuses(&token, SignatureError::KeyMissing, Reason::TokenKeyMissing);
}

#[test]
fn a_changed_token_does_not_verify() {
    let api = Api::new();
    let good = token(&delegated());
    let (signed, signature) = good.rsplit_once('.').unwrap();
    let (header, payload) = signed.split_once('.').unwrap();
    let admin = token(&with(&delegated(), &json!({"roles": ["Owner"]})));
    let other_payload = admin.split('.').nth(1).unwrap();
    let other_signature = admin.rsplit_once('.').unwrap().1;
    let other_header = sign(r#"{"alg":"RS256","kid":"k","typ":"JWT"}"#, "{}");
    let other_header = other_header.split('.').next().unwrap();
    for text in [
        format!("{header}.{other_payload}.{signature}"),
        format!("{other_header}.{payload}.{signature}"),
        format!("{signed}.{other_signature}"),
        format!("{signed}."),
        format!("{signed}.AAAA{signature}"),
        format!("{signed}.{}", &signature[..signature.len() - 2]),
        format!("{signed}.{}", "A".repeat(342)),
        format!("{header}..{signature}"),
        // The payload is looked at only after the signature.
        format!("{header}.%.{signature}"),
    ] {
        let facts = api.refuses(&text, SignatureError::Signature, Reason::TokenSignature);
        assert_eq!(facts, TokenFacts { kid: Some("k".to_owned()), ..TokenFacts::default() }, "{text}");
    }
}

// What the claims say.

#[test]
fn claims_that_are_not_one_json_object_are_refused() {
    let api = Api::new();
    let good = delegated().to_string();
    let nested = |levels: usize| format!("{}{}", "[".repeat(levels), "]".repeat(levels));
    for payload in [
        Vec::new(),
        b"null".to_vec(),
        b"[]".to_vec(),
        b"\"text\"".to_vec(),
        format!("{good}{good}").into_bytes(),
        format!("{good} x").into_bytes(),
        format!("\u{feff}{good}").into_bytes(),
        good.trim_end_matches('}').as_bytes().to_vec(),
        good.replace("Adele", "\u{1}").into_bytes(),
        [&b"{\"name\":\"\xff\","[..], &good.as_bytes()[1..]].concat(),
        with_text("name", r#""\ud800""#).into_bytes(),
        with_text("exp", "NaN").into_bytes(),
        with_text("exp", "Infinity").into_bytes(),
        with_text("exp", "01800003600").into_bytes(),
        with_text("exp", "0x6b49d200").into_bytes(),
        with_text("exp", "1e400").into_bytes(),
        with_text("exp", &nested(5000)).into_bytes(),
        with_text("department", &nested(5000)).into_bytes(),
        // A signed token inside a signed token (RFC 7519 §7.2, step 8) is not one of Entra's.
        token(&delegated()).into_bytes(),
    ] {
        let text = sign(HEADER, &payload);
        let facts = api.refuses(&text, AccessTokenError::Unreadable(JsonProblem::NotAnObject), Reason::TokenClaims);
        assert_eq!(facts, TokenFacts { kid: Some("k".to_owned()), ..TokenFacts::default() });
    }
    // What nobody reads may be as deep as it likes; it is skipped without a stack.
    assert!(api.judge(&sign(HEADER, with_text("unknown", &nested(2000)))).is_ok());
}

#[test]
fn a_claim_that_stands_there_twice_is_refused_whatever_it_says() {
    let api = Api::new();
    for (name, text) in [
        ("tid", format!("\"tid\":\"{TENANT}\"")),
        ("tid", format!("\"t\\u0069d\":\"{OTHER_TENANT}\"")),
        ("TID", format!("\"TID\":\"{OTHER_TENANT}\"")),
        ("Aud", format!("\"Aud\":\"{CLIENT}\"")),
        ("exp", "\"exp\":1".to_owned()),
        ("scp", "\"scp\":\"Files.Write\"".to_owned()),
        ("Roles", "\"Roles\":[\"Owner\"]".to_owned()),
        ("aio", "\"aio\":\"AXQAi\"".to_owned()),
    ] {
        let good = delegated().to_string();
        let payload = format!("{},{text}}}", good.strip_suffix('}').unwrap());
        let problem = JsonProblem::Duplicate { name: name.to_owned() };
        api.refuses(&sign(HEADER, payload), AccessTokenError::Unreadable(problem), Reason::TokenClaims);
    }
    let many: Vec<String> = (0..300).map(|number| format!("\"m{number}\":0")).collect();
    let good = delegated().to_string();
    let payload = format!("{},{}}}", good.strip_suffix('}').unwrap(), many.join(","));
    api.refuses(
        &sign(HEADER, payload),
        AccessTokenError::Unreadable(JsonProblem::TooMany { limit: 256 }),
        Reason::TokenClaims,
    );
}

#[test]
fn a_claim_of_the_wrong_type_is_refused_not_taken_for_absent() {
    let api = Api::new();
    let mut rows: Vec<(&'static str, String, &'static str, &'static str)> = Vec::new();
    let digits = "9".repeat(5000);
    for name in ["exp", "nbf", "iat"] {
        for (value, found) in [
            ("\"1800003600\"", "a text"),
            ("\"\"", "a text"),
            ("18e8", "a fraction"),
            ("1e300", "a fraction"),
            // One more than an unsigned number of 64 bits holds.
            ("18446744073709551616", "a fraction"),
            ("-1", "a negative number"),
            ("-9223372036854775808", "a negative number"),
            ("-0", "a fraction"),
            ("null", "null"),
            ("true", "true or false"),
            ("[1800003600]", "a list that holds more than texts"),
            ("{}", "an object"),
            (r#"{"$serde_json::private::Number":"1800003600"}"#, "an object"),
        ] {
            rows.push((name, value.to_owned(), found, "a number of seconds"));
        }
    }
    for name in ["iss", "aud", "tid", "oid", "ver", "azp", "appid", "idtyp", "scp", "uti", "sub", "unique_name", "name"]
    {
        for (value, found) in [
            ("7", "a number"),
            ("null", "null"),
            ("[\"x\"]", "a list"),
            ("[]", "a list"),
            ("[\"x\",\"y\"]", "a list"),
            ("{\"x\":1}", "an object"),
            ("false", "true or false"),
        ] {
            rows.push((name, value.to_owned(), found, "a text"));
        }
    }
    for name in ["roles", "groups"] {
        for (value, found) in [
            ("7", "a number"),
            ("null", "null"),
            ("{}", "an object"),
            ("[1]", "a list that holds more than texts"),
            ("[\"Admin\",null]", "a list that holds more than texts"),
            ("[[\"Admin\"]]", "a list that holds more than texts"),
        ] {
            rows.push((name, value.to_owned(), found, "a list of texts"));
        }
    }
    for (name, value, found, expected) in rows {
        let problem = AccessTokenError::Unreadable(JsonProblem::WrongType { name, found, expected });
        api.refuses(&sign(HEADER, with_text(name, &value)), problem, Reason::TokenClaims);
    }
    // No number of digits is too long to be refused in peace.
    let refused = api.judge(&sign(HEADER, with_text("exp", &digits))).unwrap_err();
    assert_eq!(refused.error.reason(), Reason::TokenClaims);
}

#[test]
fn the_audience_as_a_list_is_refused_even_if_we_are_in_it() {
    let payload = with(&delegated(), &json!({"aud": [CLIENT]})).to_string();
    let problem = JsonProblem::WrongType { name: "aud", found: "a list", expected: "a text" };
    Api::new().refuses(&sign(HEADER, payload), AccessTokenError::Unreadable(problem), Reason::TokenClaims);
}

#[test]
fn every_required_claim_is_missed_by_name() {
    for name in ["iss", "aud", "exp", "tid", "ver", "oid"] {
        Api::new().refuses(&token(&without(&delegated(), &[name])), missing(name), Reason::TokenClaims);
        if name != "oid" {
            Api::new().refuses(&token(&without(&application(), &[name])), missing(name), Reason::TokenClaims);
        }
    }
    let nobody = with(&without(&application(), &["azp"]), &json!({"idtyp": "app"}));
    Api::new().refuses(&token(&nobody), missing("azp"), Reason::TokenClaims);
    let elsewhere = Api { metadata: ProviderMetadata { first_version_issuer: None, ..metadata() }, ..Api::new() };
    elsewhere.refuses(&token(&without(&first_version(&delegated()), &["iss"])), missing("iss"), Reason::TokenClaims);
}

#[test]
fn ids_are_directory_ids() {
    for object in ["", "x", "55555555dddd4eee8fff666666666666", "{55555555-dddd-4eee-8fff-666666666666}", "é"] {
        let claims = with(&delegated(), &json!({"oid": object}));
        Api::new().refuses(&token(&claims), ClaimError::NotAnId { name: "oid" }, Reason::TokenClaims);
    }
    let everyone = Api::of_tenants(AcceptedTenants::EveryWorkTenant);
    for name in ["", "x", "common", "{tenantid}", "contoso.com", "33333333-cccc-4ddd-8eee-44444444444"] {
        let claims = with(&delegated(), &json!({"tid": name, "iss": format!("{HOST}/{name}/v2.0")}));
        everyone.refuses(&token(&claims), ClaimError::NotAnId { name: "tid" }, Reason::TokenClaims);
    }
}

#[test]
fn an_id_token_opens_nothing() {
    let api = Api::new();
    for claims in [
        id_token(),
        without(&id_token(), &["roles"]),
        without(&id_token(), &["nonce"]),
        with(&id_token(), &json!({"groups": [OBJECT], "sub": OBJECT})),
        with(&without(&first_version(&id_token()), &["appid"]), &json!({"aud": CLIENT})),
    ] {
        api.refuses(&token(&claims), AccessTokenError::IsIdToken, Reason::TokenIsIdToken);
    }
    // With the client in it, as OpenID Connect allows: still a person without permissions.
    let named = with(&id_token(), &json!({"azp": CLIENT}));
    api.refuses(&token(&named), AccessTokenError::WithoutPermission, Reason::TokenWithoutPermission);
}

#[test]
fn the_version_is_one_of_two_texts() {
    for found in ["", "1", "2", "2.0.0", "3.0", "V2.0", " 2.0", "2,0"] {
        let error = AccessTokenError::Version { found: printable(found) };
        Api::new().refuses(&token(&with(&delegated(), &json!({"ver": found}))), error, Reason::TokenClaims);
    }
    let number = JsonProblem::WrongType { name: "ver", found: "a fraction", expected: "a text" };
    let claims = with(&delegated(), &json!({"ver": 2.0}));
    Api::new().refuses(&token(&claims), AccessTokenError::Unreadable(number), Reason::TokenClaims);
}

#[test]
fn the_issuer_must_be_that_of_the_authority_and_of_the_version() {
    let api = Api::new();
    let second = metadata().issuer;
    let first = metadata().first_version_issuer.unwrap();
    let issuer = |expected: &IssuerPattern, found: &str| ClaimError::Issuer {
        expected: expected.clone(),
        found: printable(found),
    };
    for found in [
        "",
        TENANT,
        &format!("{HOST}/{TENANT}"),
        &format!("{HOST}/{TENANT}/v2.0/"),
        &format!("{HOST}/{TENANT}/v2.0/x"),
        &format!("{HOST}//{TENANT}/v2.0"),
        &format!("{HOST}/{OTHER_TENANT}/v2.0"),
        &format!("{HOST}/common/v2.0"),
        &format!("{HOST}/{{tenantid}}/v2.0"),
        &format!("{HOST}:443/{TENANT}/v2.0"),
        &format!("https://LOGIN.microsoftonline.com/{TENANT}/v2.0"),
        &format!("http://login.microsoftonline.com/{TENANT}/v2.0"),
        &format!("https://login.microsoftonline.us/{TENANT}/v2.0"),
        &format!("https://evil.example/{TENANT}/v2.0"),
        &format!(" {HOST}/{TENANT}/v2.0"),
        &format!("https://sts.windows.net/{TENANT}/"),
    ] {
        let claims = with(&delegated(), &json!({"iss": found}));
        api.refuses(&token(&claims), issuer(&second, found), Reason::TokenIssuer);
    }
    for found in [
        &format!("https://sts.windows.net/{TENANT}"),
        &format!("https://sts.windows.net/{OTHER_TENANT}/"),
        &format!("https://sts.chinacloudapi.cn/{TENANT}/"),
        &format!("{HOST}/{TENANT}/v2.0"),
    ] {
        let claims = with(&first_version(&delegated()), &json!({"iss": found}));
        api.refuses(&token(&claims), issuer(&first, found), Reason::TokenIssuer);
    }
}

#[test]
fn first_version_tokens_are_told_only_at_microsofts_own_authorities() {
    let claims = first_version(&delegated());
    assert!(Api::new().judge(&token(&claims)).is_ok());
    let elsewhere = Api { metadata: ProviderMetadata { first_version_issuer: None, ..metadata() }, ..Api::new() };
    let error = AccessTokenError::FirstVersion {
        expected: metadata().issuer.to_string(),
        found: format!("https://sts.windows.net/{TENANT}/"),
    };
    elsewhere.refuses(&token(&claims), error, Reason::TokenFirstVersion);
    assert!(elsewhere.judge(&token(&delegated())).is_ok());
}

#[test]
fn a_key_signs_only_for_its_own_issuer_and_cloud() {
    let consumers = format!("{HOST}/{}/v2.0", Guid::CONSUMERS);
    let own = format!("{HOST}/{TENANT}/v2.0");
    for claims in [delegated(), application(), first_version(&delegated())] {
        for issuer in [&consumers, &format!("{HOST}/{OTHER_TENANT}/v2.0"), &"x".to_owned(), &String::new()] {
            let api = Api { keys: key_for(issuer), ..Api::new() };
            let error = ClaimError::KeyIssuer { expected: IssuerPattern::parse(issuer), found: own.clone() };
            let facts = api.refuses(&token(&claims), error, Reason::TokenIssuer);
            assert_eq!(facts.kid.as_deref(), Some("k"), "whoever looks for the key needs its id");
        }
        let members = json!({"issuer": own, "cloud_instance_name": "microsoftonline.us"});
        let api = Api { keys: key_set(vec![key(&members)], true), ..Api::new() };
        let error =
            ClaimError::KeyCloud { expected: "microsoftonline.com".to_owned(), found: "microsoftonline.us".to_owned() };
        api.refuses(&token(&claims), error, Reason::TokenIssuer);
        for members in [json!({}), json!({"issuer": format!("{HOST}/{{tenantid}}/v2.0")})] {
            let api = Api { keys: key_set(vec![key(&members)], true), ..Api::new() };
            assert!(api.judge(&token(&claims)).is_ok(), "{members}");
        }
    }
}

#[test]
fn of_several_tenants_the_listed_ones_come_in() {
    let other = |claims: &Value| {
        with(
            claims,
            &json!({"tid": OTHER_TENANT, "iss": claims["iss"].as_str().unwrap().replace(TENANT, OTHER_TENANT)}),
        )
    };
    let listed = Api::of_tenants(AcceptedTenants::Listed(vec![tenant()]));
    let everyone = Api::of_tenants(AcceptedTenants::EveryWorkTenant);
    let refused = ClaimError::TenantNotAccepted { found: OTHER_TENANT.parse().unwrap() };
    for claims in [delegated(), application(), first_version(&delegated()), first_version(&application())] {
        listed.admits(&claims);
        everyone.admits(&claims);
        everyone.admits(&other(&claims));
        listed.refuses(&token(&other(&claims)), refused.clone(), Reason::TokenTenantNotAccepted);
    }
    let shouted = json!({"tid": TENANT.to_uppercase(), "iss": format!("{HOST}/{}/v2.0", TENANT.to_uppercase())});
    assert_eq!(listed.admits(&with(&delegated(), &shouted)).tenant(), Some(tenant()), "the same id");
}

#[test]
fn of_several_tenants_issuer_and_tenant_must_agree() {
    let listed = Api::of_tenants(AcceptedTenants::Listed(vec![tenant(), OTHER_TENANT.parse().unwrap()]));
    for (claims, expected) in [
        (delegated(), listed.metadata.issuer.clone()),
        (first_version(&delegated()), listed.metadata.first_version_issuer.clone().unwrap()),
    ] {
        for tid in [OTHER_TENANT, &TENANT.to_uppercase(), "", "x"] {
            let found = claims["iss"].as_str().unwrap().to_owned();
            let error = ClaimError::Issuer { expected: expected.clone(), found };
            listed.refuses(&token(&with(&claims, &json!({"tid": tid}))), error, Reason::TokenIssuer);
        }
    }
    let one = Api { keys: key_set(vec![key(&json!({}))], true), ..Api::new() };
    let error = ClaimError::OtherTenant { expected: tenant(), found: OTHER_TENANT.parse().unwrap() };
    one.refuses(&token(&with(&delegated(), &json!({"tid": OTHER_TENANT}))), error, Reason::TokenIssuer);
}

#[test]
fn personal_accounts_come_in_by_their_own_key_and_only_where_their_tenant_is_listed() {
    let consumers = format!("{HOST}/{}/v2.0", Guid::CONSUMERS);
    let personal = token(&with(&delegated(), &json!({"tid": Guid::CONSUMERS, "iss": consumers})));
    let at = |tenants| Api { keys: key_for(&consumers), ..Api::of_tenants(tenants) };
    assert!(at(AcceptedTenants::Listed(vec![Guid::CONSUMERS])).judge(&personal).is_ok());
    let refused = ClaimError::TenantNotAccepted { found: Guid::CONSUMERS };
    for tenants in [AcceptedTenants::EveryWorkTenant, AcceptedTenants::Listed(vec![tenant()])] {
        at(tenants).refuses(&personal, refused.clone(), Reason::TokenTenantNotAccepted);
    }
    // Their key signs for no work tenant, and of that tenant the template's keys may sign as well.
    let work = at(AcceptedTenants::Listed(vec![tenant(), Guid::CONSUMERS]));
    let error =
        ClaimError::KeyIssuer { expected: IssuerPattern::parse(&consumers), found: format!("{HOST}/{TENANT}/v2.0") };
    for claims in [delegated(), first_version(&delegated())] {
        work.refuses(&token(&claims), error.clone(), Reason::TokenIssuer);
    }
}

#[test]
fn the_audience_is_this_api_exactly() {
    let api = Api::new();
    for found in [
        "",
        "/",
        "22222222-aaaa-4bbb-8ccc-222222222222",
        &CLIENT.to_uppercase().replace("AAAA", "aAaA"),
        &format!("{CLIENT}//"),
        &format!("api://{CLIENT}//"),
        &format!("api://{CLIENT}/x"),
        &format!("API://{CLIENT}"),
        &format!("api:{CLIENT}"),
        &format!("{CLIENT},{CLIENT}"),
        &format!("{CLIENT} "),
        &format!("https://api.contoso.com/v1?x={CLIENT}"),
        "https://api.contoso.com/v1//",
        "https://api.contoso.com/V1",
        "https://api.contoso.com",
        "https://api.contoso.com.evil.example/v1",
        "https://graph.microsoft.com.evil.example",
        "https://graph.microsoft.com//",
    ] {
        let error = AccessTokenError::Audience { expected: api.audiences.clone(), found: printable(found) };
        api.refuses(&token(&with(&delegated(), &json!({"aud": found}))), error, Reason::TokenAudience);
    }
}

// Who it is.

#[test]
fn without_a_permission_of_its_own_no_client_comes_in() {
    let api = Api::new();
    for claims in [
        // Any application of the tenant gets such a token.
        without(&application(), &["roles"]),
        with(&application(), &json!({"roles": []})),
        with(&without(&application(), &["roles"]), &json!({"idtyp": "app"})),
        with(&without(&application(), &["roles"]), &json!({"scp": ""})),
        without(&delegated(), &["scp", "roles"]),
        with(&without(&delegated(), &["roles"]), &json!({"scp": " \t "})),
        // The roles are the person's, not the client's.
        without(&delegated(), &["scp"]),
        with(&delegated(), &json!({"scp": ""})),
        with(&delegated(), &json!({"scp": " "})),
        with(&delegated(), &json!({"scp": "", "sub": OBJECT})),
        with(&without(&delegated(), &["scp"]), &json!({"idtyp": "user"})),
        with(&without(&delegated(), &["scp"]), &json!({"idtyp": "user", "sub": OBJECT})),
        without(&first_version(&delegated()), &["scp"]),
        // Nothing says that it is an application.
        without(&application(), &["oid"]),
        without(&application(), &["sub"]),
        without(&application(), &["oid", "sub"]),
        with(&application(), &json!({"idtyp": "device"})),
        with(&application(), &json!({"idtyp": "App"})),
        with(&application(), &json!({"idtyp": ""})),
    ] {
        api.refuses(&token(&claims), AccessTokenError::WithoutPermission, Reason::TokenWithoutPermission);
    }
}

#[test]
fn a_token_that_contradicts_itself_is_refused() {
    let error = AccessTokenError::Contradiction { idtyp: "app", found: "`scp`" };
    for claims in [
        with(&delegated(), &json!({"idtyp": "app"})),
        with(&application(), &json!({"idtyp": "app", "scp": "Files.Read"})),
        with(&without(&application(), &["roles"]), &json!({"idtyp": "app", "scp": "Files.Read"})),
    ] {
        Api::new().refuses(&token(&claims), error.clone(), Reason::TokenClaims);
    }
}

#[test]
fn a_role_is_no_scope_and_a_scope_is_no_role() {
    let api = Api::new();
    let person = api.admits(&with(&delegated(), &json!({"scp": "Admin", "roles": ["Files.Read"]})));
    assert!(permissions(&person).contains("Admin") && !permissions(&person).contains("Files.Read"));
    assert_eq!(person.roles(), ["Files.Read"]);
    // The name of an application permission in `scp` makes no application.
    let delegate = api.admits(&with(&without(&application(), &["roles"]), &json!({"scp": "Files.Read.All"})));
    assert!(matches!(delegate.party, Party::User(_)) && delegate.roles().is_empty());
}

// Which cause comes first, and what is told of it.

#[test]
fn the_true_cause_comes_first() {
    let api = Api::of_tenants(AcceptedTenants::Listed(vec![tenant()]));
    let other = json!({"tid": OTHER_TENANT, "iss": format!("{HOST}/{OTHER_TENANT}/v2.0")});
    let expired = ClaimError::Expired { expired_at: UnixTime(1), now: NOW };
    let not_ours = AccessTokenError::Audience { expected: api.audiences.clone(), found: "x".to_owned() };
    // Each row has all the defects of the rows below it.
    let mut defects = without(&with(&delegated(), &other), &["scp", "roles"]);
    let no_permission = with(&defects, &json!({"tid": TENANT, "iss": format!("{HOST}/{TENANT}/v2.0")}));
    api.refuses(&token(&no_permission), AccessTokenError::WithoutPermission, Reason::TokenWithoutPermission);
    let foreign = ClaimError::TenantNotAccepted { found: OTHER_TENANT.parse().unwrap() };
    api.refuses(&token(&defects), foreign, Reason::TokenTenantNotAccepted);
    defects["exp"] = json!(1);
    api.refuses(&token(&defects), expired, Reason::TokenExpired);
    defects["aud"] = json!("x");
    api.refuses(&token(&defects), not_ours, Reason::TokenAudience);
    defects["iss"] = json!("x");
    let issuer = ClaimError::Issuer { expected: api.metadata.issuer.clone(), found: "x".to_owned() };
    api.refuses(&token(&defects), issuer, Reason::TokenIssuer);
    let id_token = without(&defects, &["azp"]);
    api.refuses(&token(&id_token), AccessTokenError::IsIdToken, Reason::TokenIsIdToken);
    let twice = format!("{},\"exp\":2}}", id_token.to_string().strip_suffix('}').unwrap());
    let doubled = AccessTokenError::Unreadable(JsonProblem::Duplicate { name: "exp".to_owned() });
    api.refuses(&sign(HEADER, &twice), doubled, Reason::TokenClaims);
    let foreign_key = other_key_pair();
    api.refuses(&sign_by(foreign_key, HEADER, &twice), SignatureError::Signature, Reason::TokenSignature);
    let unknown_key = sign_by(foreign_key, r#"{"alg":"RS256","kid":"x"}"#, &twice);
    api.refuses(&unknown_key, SignatureError::KeyUnknown, Reason::TokenKeyUnknown);
    let of_graph = sign_by(foreign_key, r#"{"alg":"RS256","kid":"x","nonce":"n"}"#, &twice);
    api.refuses(&of_graph, AccessTokenError::OfGraph, Reason::TokenOfGraph);
    let no_algorithm = sign_by(foreign_key, r#"{"alg":"none","kid":"x","nonce":"n"}"#, &twice);
    api.refuses(&no_algorithm, other_algorithm("none"), Reason::TokenAlgorithm);
}

#[test]
fn what_a_refused_token_said_of_itself_is_told_after_the_signature_only() {
    let api = Api::new();
    let claims = with(&delegated(), &json!({"exp": 1}));
    let expired = ClaimError::Expired { expired_at: UnixTime(1), now: NOW };
    let text = |text: &str| Some(text.to_owned());
    let expected = TokenFacts {
        kid: text("k"),
        iss: text(&format!("{HOST}/{TENANT}/v2.0")),
        aud: text(CLIENT),
        tid: text(TENANT),
        azp: text(CALLER),
        uti: text("u"),
    };
    assert_eq!(api.refuses(&token(&claims), expired.clone(), Reason::TokenExpired), expected);
    let first = with(&first_version(&delegated()), &json!({"exp": 1}));
    let facts = api.refuses(&token(&first), expired.clone(), Reason::TokenExpired);
    assert_eq!((facts.azp.as_deref(), facts.iss), (Some(CALLER), text(&format!("https://sts.windows.net/{TENANT}/"))));
    let few = without(&claims, &["azp", "uti"]);
    let facts = api.refuses(&token(&few), expired, Reason::TokenExpired);
    assert_eq!((facts.azp, facts.uti), (None, None));

    let forged = sign_by(other_key_pair(), HEADER, claims.to_string());
    let facts = api.refuses(&forged, SignatureError::Signature, Reason::TokenSignature);
    assert_eq!(facts, TokenFacts { kid: text("k"), ..TokenFacts::default() });
}

#[test]
fn facts_are_short_and_break_no_line() {
    let odd = "é\u{1b}[31mred\r\n2027-01-15 WARN forged=\"yes\"\u{2028}\0 ";
    let long = "x".repeat(1000);
    for value in [odd, &long] {
        let changes = json!({"aud": value, "uti": value, "azp": value});
        let error = AccessTokenError::Audience { expected: Api::new().audiences, found: printable(value) };
        let facts = Api::new().refuses(&token(&with(&delegated(), &changes)), error, Reason::TokenAudience);
        assert_eq!(
            (facts.aud.as_ref(), facts.uti, facts.azp),
            (Some(&printable(value)), Some(printable(value)), Some(printable(value)))
        );
        let header = json!({"alg": "RS256", "kid": value}).to_string();
        let unknown = sign(&header, delegated().to_string());
        let facts = Api::new().refuses(&unknown, SignatureError::KeyUnknown, Reason::TokenKeyUnknown);
        assert_eq!(facts.kid, Some(printable(value)));
    }
    assert_eq!(printable(odd), "[31mred2027-01-15WARNforged=\"yes\"");
    assert_eq!(printable(&long).len(), 200);
}
