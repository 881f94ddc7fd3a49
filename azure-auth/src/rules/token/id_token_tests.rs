//! One table: first the token that passes, then tokens one defect away.

use std::sync::OnceLock;

use aws_lc_rs::rand::SystemRandom;
use aws_lc_rs::rsa::{KeyPair, KeySize};
use aws_lc_rs::signature::{KeyPair as _, RSA_PKCS1_SHA256};
use azure_auth_policy::Guid;
use serde_json::{Value, json};
use url::Url;

use super::*;
use crate::model::callers::groups::UnknownGroups;
use crate::model::moment::Moment;
use crate::model::providers::issuer::IssuerPattern;
use crate::model::providers::key_set::JsonWebKeySet;
use crate::model::providers::provider_metadata::ClientAuthentication;
use crate::rules::token::signature::KeySet;
use crate::rules::token::token_claims::CLOCK_LEEWAY;

pub(crate) const TENANT: &str = "33333333-cccc-4ddd-8eee-444444444444";
pub(crate) const OTHER_TENANT: &str = "44444444-cccc-4ddd-8eee-444444444444";
pub(crate) const OBJECT: &str = "55555555-dddd-4eee-8fff-666666666666";
pub(crate) const CLIENT: &str = "11111111-aaaa-4bbb-8ccc-222222222222";
pub(crate) const HOST: &str = "https://login.microsoftonline.com";
pub(crate) const NOW: UnixTime = UnixTime(1_800_000_000);
/// The same instant on the clock that nobody sets.
pub(crate) const MOMENT: Moment = Moment::after(std::time::Duration::from_secs(1_000_000));

pub(crate) fn metadata() -> ProviderMetadata {
    let address = |path: &str| Url::parse(&format!("{HOST}/{TENANT}/oauth2/v2.0/{path}")).unwrap();
    ProviderMetadata {
        issuer: IssuerPattern::Literal(format!("{HOST}/{TENANT}/v2.0")),
        first_version_issuer: Some(IssuerPattern::Literal(format!("https://sts.windows.net/{TENANT}/"))),
        tenant: Some(TENANT.parse().unwrap()),
        authorization_endpoint: address("authorize"),
        token_endpoint: address("token"),
        keys_address: address("keys"),
        end_session_endpoint: Some(address("logout")),
        user_info_endpoint: None,
        cloud_instance_name: Some("microsoftonline.com".to_owned()),
        graph: None,
        client_authentication: ClientAuthentication::Form,
        names_issuer_in_response: false,
    }
}

/// Metadata of `common` or `organizations`.
pub(crate) fn template() -> ProviderMetadata {
    ProviderMetadata { issuer: IssuerPattern::parse(&format!("{HOST}/{{tenantid}}/v2.0")), tenant: None, ..metadata() }
}

pub(crate) fn entra_identity() -> Identity {
    Identity {
        id: UserId::Entra { tenant: TENANT.parse().unwrap(), object: OBJECT.parse().unwrap() },
        display_name: Some("Adele Vance".to_owned()),
        preferred_username: Some("adele@contoso.com".to_owned()),
        email: None,
        roles: vec!["Admin".to_owned()],
        roles_are_unknown: false,
        login_hint: Some("hint".to_owned()),
        claims: [("department".to_owned(), json!("Retail"))].into(),
    }
}

fn claims() -> Value {
    json!({
        "aud": CLIENT, "iss": format!("{HOST}/{TENANT}/v2.0"), "iat": NOW.0 - 300, "nbf": NOW.0 - 300, "exp": NOW.0 + 3600,
        "name": "Adele Vance", "nonce": "n", "oid": OBJECT, "preferred_username": "adele@contoso.com", "sub": "s",
        "tid": TENANT, "ver": "2.0", "roles": ["Admin"], "login_hint": "hint", "department": "Retail", "aio": {"x": [1]},
    })
}

/// The provider's key.
fn key_pair() -> &'static KeyPair {
    static KEY: OnceLock<KeyPair> = OnceLock::new();
    KEY.get_or_init(|| KeyPair::generate(KeySize::Rsa2048).unwrap())
}

/// A key of someone else, or the provider's next one.
pub(crate) fn other_key_pair() -> &'static KeyPair {
    static KEY: OnceLock<KeyPair> = OnceLock::new();
    KEY.get_or_init(|| KeyPair::generate(KeySize::Rsa2048).unwrap())
}

fn modulus() -> String {
    modulus_of(key_pair())
}

/// As key sets publish it.
pub(crate) fn modulus_of(pair: &KeyPair) -> String {
    // RSAPublicKey in DER: nine bytes of headers, then 256 bytes of modulus.
    URL_SAFE_NO_PAD.encode(&pair.public_key().as_ref()[9..265])
}

pub(crate) fn key(members: &Value) -> Value {
    let mut key = json!({"kty": "RSA", "use": "sig", "kid": "k", "n": modulus(), "e": "AQAB"});
    for (name, value) in members.as_object().unwrap() {
        key[name] = value.clone();
    }
    key
}

pub(crate) fn key_set(keys: Vec<Value>, keys_are_named: bool) -> KeySet {
    KeySet::read(&JsonWebKeySet { keys }, keys_are_named)
}

fn keys() -> KeySet {
    key_set(
        vec![key(&json!({"issuer": format!("{HOST}/{TENANT}/v2.0"), "cloud_instance_name": "microsoftonline.com"}))],
        true,
    )
}

pub(crate) fn sign(header: &str, payload: impl AsRef<[u8]>) -> String {
    sign_by(key_pair(), header, payload)
}

pub(crate) fn sign_by(pair: &KeyPair, header: &str, payload: impl AsRef<[u8]>) -> String {
    let signed = format!("{}.{}", URL_SAFE_NO_PAD.encode(header), URL_SAFE_NO_PAD.encode(payload));
    let mut signature = vec![0; pair.public_modulus_len()];
    pair.sign(&RSA_PKCS1_SHA256, &SystemRandom::new(), signed.as_bytes(), &mut signature).unwrap();
    format!("{signed}.{}", URL_SAFE_NO_PAD.encode(signature))
}

pub(crate) const HEADER: &str = r#"{"typ":"JWT","alg":"RS256","kid":"k"}"#;

fn token(claims: &Value) -> String {
    sign(HEADER, claims.to_string())
}

fn judged_with(
    token: &str,
    keys: &KeySet,
    metadata: &ProviderMetadata,
    tenants: &AcceptedTenants,
) -> Result<Identity, IdTokenError> {
    let expected = Expectations {
        metadata,
        is_entra: true,
        client_id: CLIENT,
        tenants,
        nonce: "n",
        access_token: "access",
        keep: &["department".to_owned(), "roles_of_others".to_owned()],
    };
    validate(&SignedToken::read(token)?, keys.at(MOMENT), &expected, NOW).map(|token| token.identity)
}

fn judged(token: &str) -> Result<Identity, IdTokenError> {
    judged_with(token, &keys(), &metadata(), &AcceptedTenants::OfAuthority)
}

fn with(changes: &Value) -> String {
    let mut claims = claims();
    for (name, value) in changes.as_object().unwrap() {
        claims[name] = value.clone();
    }
    token(&claims)
}

fn without(name: &str) -> String {
    let mut claims = claims();
    claims.as_object_mut().unwrap().remove(name);
    token(&claims)
}

#[test]
fn a_correct_token_proves_the_identity() {
    assert_eq!(judged(&token(&claims())), Ok(entra_identity()));
}

#[test]
fn every_required_claim_is_missed_by_name() {
    for name in ["iss", "aud", "exp", "iat", "nonce", "tid", "sub"] {
        assert_eq!(judged(&without(name)), Err(IdTokenError::Claim(ClaimError::Missing { name })));
    }
    assert_eq!(judged(&without("oid")), Err(IdTokenError::ObjectMissing));
    assert!(judged(&without("nbf")).is_ok() && judged(&without("name")).is_ok());
    assert_eq!(judged(&with(&json!({"sub": ""}))), Err(IdTokenError::Claim(ClaimError::Missing { name: "sub" })));
}

#[test]
fn a_claim_of_the_wrong_type_is_refused() {
    for (name, value) in [
        ("iss", json!(["x"])),
        ("aud", json!([CLIENT])),
        ("exp", json!("1800003600")),
        ("nbf", json!("0")),
        ("iat", json!(null)),
        ("nonce", json!(1)),
        ("tid", json!(1)),
        ("oid", json!([OBJECT])),
        ("sub", json!(7)),
        ("roles", json!([1])),
        ("name", json!({})),
    ] {
        let outcome = judged(&with(&json!({name: value})));
        assert!(
            matches!(outcome, Err(IdTokenError::Unreadable(JsonProblem::WrongType { name: found, .. })) if found == name),
            "{name}"
        );
    }
}

#[test]
fn one_role_may_be_written_without_a_list() {
    assert_eq!(judged(&with(&json!({"roles": "Admin"}))), Ok(entra_identity()));
}

#[test]
fn the_issuer_must_be_that_of_the_authority() {
    for found in [
        format!("{HOST}/{OTHER_TENANT}/v2.0"),
        format!("{HOST}/{TENANT}/v2.0/"),
        format!("{HOST}/{TENANT}/v2.0/x"),
        format!("https://LOGIN.microsoftonline.com/{TENANT}/v2.0"),
        format!("https://sts.windows.net/{TENANT}/"),
        String::new(),
    ] {
        let outcome = judged(&with(&json!({"iss": found})));
        assert_eq!(outcome, Err(IdTokenError::Claim(ClaimError::Issuer { expected: metadata().issuer, found })));
    }
}

#[test]
fn with_a_template_the_issuer_must_name_the_tenant_of_the_token() {
    let tenants = AcceptedTenants::Listed(vec![TENANT.parse().unwrap()]);
    let keys = key_set(vec![key(&json!({"issuer": format!("{HOST}/{{tenantid}}/v2.0")}))], true);
    let judged = |changes: &Value| judged_with(&with(changes), &keys, &template(), &tenants);
    assert!(judged(&json!({})).is_ok());
    assert!(matches!(judged(&json!({"tid": OTHER_TENANT})), Err(IdTokenError::Claim(ClaimError::Issuer { .. }))));
    let odd = json!({"tid": "x", "iss": format!("{HOST}/x/v2.0")});
    assert_eq!(judged(&odd), Err(IdTokenError::Claim(ClaimError::NotAnId { name: "tid" })));
    let foreign = json!({"tid": OTHER_TENANT, "iss": format!("{HOST}/{OTHER_TENANT}/v2.0")});
    assert_eq!(
        judged(&foreign),
        Err(IdTokenError::Claim(ClaimError::TenantNotAccepted { found: OTHER_TENANT.parse().unwrap() }))
    );
}

#[test]
fn personal_accounts_pass_only_where_their_tenant_is_listed() {
    let keys = key_set(vec![key(&json!({}))], true);
    let personal = with(&json!({"tid": Guid::CONSUMERS, "iss": format!("{HOST}/{}/v2.0", Guid::CONSUMERS)}));
    let judged = |tenants: &AcceptedTenants| judged_with(&personal, &keys, &template(), tenants);
    assert!(judged(&AcceptedTenants::Listed(vec![Guid::CONSUMERS])).is_ok());
    let refused = Err(IdTokenError::Claim(ClaimError::TenantNotAccepted { found: Guid::CONSUMERS }));
    assert_eq!(judged(&AcceptedTenants::EveryWorkTenant), refused);
    assert_eq!(judged(&AcceptedTenants::Listed(vec![TENANT.parse().unwrap()])), refused);
}

#[test]
fn a_key_signs_only_for_its_own_issuer_and_cloud() {
    let judged = |members: &Value| {
        judged_with(&token(&claims()), &key_set(vec![key(members)], true), &metadata(), &AcceptedTenants::OfAuthority)
    };
    assert!(judged(&json!({})).is_ok(), "keys without an issuer exist");
    assert!(judged(&json!({"issuer": format!("{HOST}/{{tenantid}}/v2.0")})).is_ok());
    for issuer in [format!("{HOST}/{}/v2.0", Guid::CONSUMERS), format!("{HOST}/{OTHER_TENANT}/v2.0"), "x".to_owned()] {
        assert!(
            matches!(judged(&json!({"issuer": issuer})), Err(IdTokenError::Claim(ClaimError::KeyIssuer { .. }))),
            "{issuer}"
        );
    }
    let foreign = judged(&json!({"cloud_instance_name": "microsoftonline.us"}));
    assert!(
        matches!(foreign, Err(IdTokenError::Claim(ClaimError::KeyCloud { found, .. })) if found == "microsoftonline.us")
    );
}

#[test]
fn the_audience_is_this_client_exactly() {
    for found in
        ["", "22222222-aaaa-4bbb-8ccc-222222222222", "11111111-AAAA-4bbb-8ccc-222222222222", &format!("api://{CLIENT}")]
    {
        let expected = Err(IdTokenError::Audience { expected: CLIENT.to_owned(), found: found.to_owned() });
        assert_eq!(judged(&with(&json!({"aud": found}))), expected);
    }
}

#[test]
fn times_hold_up_to_the_leeway_and_not_a_second_longer() {
    let leeway = CLOCK_LEEWAY.as_secs();
    for (name, passes, fails) in [
        ("exp", NOW.0 - leeway + 1, NOW.0 - leeway),
        ("nbf", NOW.0 + leeway, NOW.0 + leeway + 1),
        ("iat", NOW.0 + leeway, NOW.0 + leeway + 1),
    ] {
        assert!(judged(&with(&json!({name: passes}))).is_ok(), "{name}");
        let problem = judged(&with(&json!({name: fails}))).unwrap_err();
        let expected = match name {
            "exp" => IdTokenError::Claim(ClaimError::Expired { expired_at: UnixTime(fails), now: NOW }),
            "nbf" => IdTokenError::Claim(ClaimError::NotYetValid { valid_from: UnixTime(fails), now: NOW }),
            _ => IdTokenError::Claim(ClaimError::IssuedLater { issued_at: UnixTime(fails), now: NOW }),
        };
        assert_eq!(problem, expected);
    }
    assert!(judged(&with(&json!({"exp": u64::MAX}))).is_ok(), "no overflow");
}

#[test]
fn the_nonce_must_be_that_of_the_attempt() {
    for nonce in ["", "N", "nn"] {
        assert_eq!(judged(&with(&json!({"nonce": nonce}))), Err(IdTokenError::Nonce));
    }
}

#[test]
fn at_hash_is_checked_where_it_is_present() {
    // The left half of SHA-256 of `access`.
    let hash = URL_SAFE_NO_PAD.encode(&digest(&SHA256, b"access").as_ref()[..16]);
    assert!(judged(&with(&json!({"at_hash": hash}))).is_ok());
    assert_eq!(judged(&with(&json!({"at_hash": "x"}))), Err(IdTokenError::AccessTokenHash));
}

#[test]
fn the_tenant_must_be_that_of_the_authority() {
    let keys = key_set(vec![key(&json!({}))], true);
    // A provider that keeps the issuer and changes `tid` alone.
    let token = with(&json!({"tid": OTHER_TENANT}));
    let expected = IdTokenError::Claim(ClaimError::OtherTenant {
        expected: TENANT.parse().unwrap(),
        found: OTHER_TENANT.parse().unwrap(),
    });
    assert_eq!(judged_with(&token, &keys, &metadata(), &AcceptedTenants::OfAuthority), Err(expected));
    assert_eq!(judged(&with(&json!({"oid": "x"}))), Err(IdTokenError::Claim(ClaimError::NotAnId { name: "oid" })));
}

#[test]
fn a_doubled_claim_is_refused() {
    let doubled = claims().to_string().replacen('{', &format!("{{\"TID\":\"{OTHER_TENANT}\","), 1);
    let expected = JsonProblem::Duplicate { name: "tid".to_owned() };
    assert_eq!(judged(&sign(HEADER, doubled)), Err(IdTokenError::Unreadable(expected)));
}

#[test]
fn without_tenants_the_identity_is_issuer_and_subject() {
    let metadata =
        ProviderMetadata { issuer: IssuerPattern::parse("https://accounts.example"), tenant: None, ..metadata() };
    let keys = key_set(vec![json!({"kty": "RSA", "alg": "RS256", "n": modulus(), "e": "AQAB"})], false);
    let mut claims = claims();
    claims["iss"] = json!("https://accounts.example");
    for name in ["tid", "oid"] {
        claims.as_object_mut().unwrap().remove(name);
    }
    let expected = Expectations {
        metadata: &metadata,
        is_entra: false,
        client_id: CLIENT,
        tenants: &AcceptedTenants::OfAuthority,
        nonce: "n",
        access_token: "access",
        keep: &[],
    };
    // The only key of a provider needs no name.
    let token = sign(r#"{"alg":"RS256"}"#, claims.to_string());
    let signed = SignedToken::read(&token).unwrap();
    let identity = validate(&signed, keys.at(MOMENT), &expected, NOW).unwrap().identity;
    assert_eq!(identity.id, UserId::OpenId { issuer: "https://accounts.example".to_owned(), subject: "s".to_owned() });
    assert_eq!(identity.id.to_string(), "openid:https://accounts.example s");
}

/// At a provider that is not Entra ID, with one key.
fn judged_elsewhere(changes: &Value) -> Result<ValidatedIdToken, IdTokenError> {
    let metadata =
        ProviderMetadata { issuer: IssuerPattern::parse("https://accounts.example"), tenant: None, ..metadata() };
    let keys = key_set(vec![json!({"kty": "RSA", "kid": "k", "n": modulus(), "e": "AQAB"})], false);
    let mut claims = json!({
        "aud": CLIENT, "iss": "https://accounts.example", "iat": NOW.0, "exp": NOW.0 + 3600, "nonce": "n", "sub": "s",
        "name": "Adele Vance",
    });
    for (name, value) in changes.as_object().unwrap() {
        claims[name] = value.clone();
    }
    let expected = Expectations {
        metadata: &metadata,
        is_entra: false,
        client_id: CLIENT,
        tenants: &AcceptedTenants::OfAuthority,
        nonce: "n",
        access_token: "access",
        keep: &[],
    };
    let token = token(&claims);
    validate(&SignedToken::read(&token)?, keys.at(MOMENT), &expected, NOW)
}

#[test]
fn elsewhere_names_that_are_microsofts_mean_nothing() {
    for value in [json!(null), json!(7), json!("x"), json!([1]), json!({"x": 1}), json!(true)] {
        for name in [
            "ver",
            "tid",
            "oid",
            "scp",
            "idtyp",
            "uti",
            "hasgroups",
            "_claim_names",
            "appid",
            "unique_name",
            "acct",
            "idp",
        ] {
            let token = judged_elsewhere(&json!({name: value, "groups": [OBJECT]})).unwrap();
            assert_eq!(token.groups.contain(OBJECT.parse().unwrap()), Ok(true), "{name}: {value}");
            assert_eq!((token.identity.preferred_username, token.unused), (None, vec![]), "{name}: {value}");
        }
    }
}

#[test]
fn elsewhere_null_is_absence_except_of_what_is_required() {
    for name in [
        "email",
        "name",
        "preferred_username",
        "groups",
        "roles",
        "sid",
        "nbf",
        "at_hash",
        "login_hint",
        "azp",
        "email_verified",
    ] {
        let token = judged_elsewhere(&json!({name: null})).unwrap_or_else(|error| panic!("{name}: {error}"));
        assert_eq!(token.unused, Vec::<&str>::new(), "{name}");
        assert!(!token.identity.roles_are_unknown && token.provider_session.is_none());
        assert_eq!(token.groups, Groups::of_token(Err(UnknownGroups::ClaimAbsent)));
    }
    for name in ["exp", "aud", "iss", "sub", "nonce", "iat"] {
        let outcome = judged_elsewhere(&json!({name: null})).map(|_| ());
        let is_refused = |problem: &JsonProblem| matches!(problem, JsonProblem::WrongType { name: found, found: "null", .. } if *found == name);
        assert!(matches!(&outcome, Err(IdTokenError::Unreadable(problem)) if is_refused(problem)), "{outcome:?}");
    }
}

#[test]
fn elsewhere_what_decides_has_the_type_of_the_standard() {
    for name in ["iss", "sub", "aud", "exp", "nbf", "iat", "nonce", "at_hash", "azp", "sid"] {
        for value in [json!({"x": 1}), json!(true), json!([1]), json!([CLIENT, 1])] {
            let outcome = judged_elsewhere(&json!({name: value})).map(|_| ());
            assert!(matches!(outcome, Err(IdTokenError::Unreadable(_))), "{name}: {value}: {outcome:?}");
        }
    }
    for name in ["exp", "nbf", "iat"] {
        assert!(judged_elsewhere(&json!({name: "1800003600"})).is_err(), "{name}");
    }
}

#[test]
fn elsewhere_what_is_only_shown_is_not_used_where_its_type_is_another_one() {
    for name in ["name", "preferred_username", "email", "login_hint"] {
        for value in [json!({"x": 1}), json!(7), json!([]), json!(["x"]), json!(false), json!(7.5)] {
            let token = judged_elsewhere(&json!({name: value})).unwrap();
            assert_eq!(token.unused, [name], "{value}");
            let Identity { preferred_username, email, login_hint, .. } = token.identity;
            assert_eq!((preferred_username, email, login_hint), (None, None, None), "{name}: {value}");
        }
    }
}

#[test]
fn elsewhere_roles_and_groups_in_another_form_are_unknown() {
    let group = OBJECT.parse().unwrap();
    for value in [json!({"Admin": {"x": 1}}), json!([{"name": "Admin"}]), json!(7), json!(true), json!(["Admin", 1])] {
        let token = judged_elsewhere(&json!({"roles": value})).unwrap();
        assert_eq!((token.identity.roles.len(), token.identity.roles_are_unknown), (0, true), "{value}");
        assert_eq!(token.unused, ["roles"], "{value}");
        let token = judged_elsewhere(&json!({"groups": value})).unwrap();
        assert_eq!(token.groups.contain(group), Err(UnknownGroups::NotIds), "{value}");
        assert_eq!(token.unused, ["groups"], "{value}");
    }
    let token = judged_elsewhere(&json!({"roles": ["Admin"]})).unwrap();
    assert!(token.identity.roles == ["Admin"] && !token.identity.roles_are_unknown);
}

#[test]
fn an_empty_name_is_none() {
    for empty in ["", " ", "\t\u{a0}"] {
        let identity = judged_elsewhere(&json!({"name": empty, "preferred_username": "adele"})).unwrap().identity;
        assert_eq!((identity.display_name, identity.preferred_username.as_deref()), (None, Some("adele")));
        assert_eq!(judged(&with(&json!({"name": empty}))).unwrap().display_name, None, "at Entra as well");
    }
}

#[test]
fn elsewhere_a_token_may_be_for_several_and_then_says_that_it_was_issued_to_us() {
    const OTHER: &str = "22222222-aaaa-4bbb-8ccc-222222222222";
    for (audience, party) in [
        (json!(CLIENT), json!(CLIENT)),
        (json!([CLIENT]), json!(null)),
        (json!([CLIENT]), json!(CLIENT)),
        (json!([OTHER, CLIENT]), json!(CLIENT)),
    ] {
        assert!(judged_elsewhere(&json!({"aud": audience, "azp": party})).is_ok(), "{audience} {party}");
    }
    let party_missing = IdTokenError::Claim(ClaimError::Missing { name: "azp" });
    let other_party =
        |found: &str| IdTokenError::AuthorizedParty { expected: CLIENT.to_owned(), found: found.to_owned() };
    let other_audience = |found: &str| IdTokenError::Audience { expected: CLIENT.to_owned(), found: found.to_owned() };
    for (audience, party, expected) in [
        (json!([OTHER, CLIENT]), json!(null), party_missing.clone()),
        (json!([CLIENT, CLIENT]), json!(null), party_missing),
        (json!([OTHER, CLIENT]), json!(OTHER), other_party(OTHER)),
        (json!(CLIENT), json!(OTHER), other_party(OTHER)),
        (json!([CLIENT]), json!(""), other_party("")),
        (json!([OTHER]), json!(CLIENT), other_audience(OTHER)),
        (json!([OTHER, "x"]), json!(CLIENT), other_audience("22222222-aaaa-4bbb-8ccc-222222222222,x")),
        (json!([]), json!(CLIENT), other_audience("")),
        (json!([CLIENT.to_uppercase()]), json!(null), other_audience(&CLIENT.to_uppercase())),
    ] {
        let outcome = judged_elsewhere(&json!({"aud": audience, "azp": party})).map(|_| ());
        assert_eq!(outcome, Err(expected), "{audience} {party}");
    }
}

/// RFC 7519 §2: a time may have a fraction, here as at Entra. It never makes a token valid for longer.
#[test]
fn fractions_of_a_second_are_rounded_to_the_strict_side() {
    let leeway = CLOCK_LEEWAY.as_secs();
    let at = |seconds: u64, fraction: &str| -> Value { serde_json::from_str(&format!("{seconds}{fraction}")).unwrap() };
    for (name, value, passes) in [
        ("exp", at(NOW.0 - leeway + 1, ".0"), true),
        ("exp", at(NOW.0 - leeway + 1, ".75"), true),
        ("exp", at(NOW.0 - leeway, ".99"), false),
        ("nbf", at(NOW.0 + leeway, ".0"), true),
        ("nbf", at(NOW.0 + leeway - 1, ".5"), true),
        ("nbf", at(NOW.0 + leeway, ".01"), false),
        ("iat", at(NOW.0 + leeway - 1, ".25"), true),
        ("iat", at(NOW.0 + leeway, ".01"), false),
        ("exp", at(1, "e300"), false),
        ("exp", json!(-1.5), false),
    ] {
        assert_eq!(judged(&with(&json!({name: value}))).is_ok(), passes, "{name}: {value}");
        assert_eq!(judged_elsewhere(&json!({name: value})).is_ok(), passes, "{name}: {value}, elsewhere");
    }
}

#[test]
fn only_rs256_by_a_known_key_is_read() {
    let payload = claims().to_string();
    for (header, expected) in [
        (r#"{"alg":"none","kid":"k"}"#, SignatureError::Algorithm { found: "none".to_owned() }),
        (r#"{"alg":"HS256","kid":"k"}"#, SignatureError::Algorithm { found: "HS256".to_owned() }),
        (r#"{"alg":"RS384","kid":"k"}"#, SignatureError::Algorithm { found: "RS384".to_owned() }),
        (r#"{"alg":"rs256","kid":"k"}"#, SignatureError::Algorithm { found: "rs256".to_owned() }),
        (r#"{"kid":"k"}"#, SignatureError::Algorithm { found: "none".to_owned() }),
        (r#"{"alg":"RS256","kid":"k","crit":["exp"],"exp":1}"#, SignatureError::Critical),
        (r#"{"alg":"RS256","kid":"k","typ":"at+jwt"}"#, SignatureError::Kind { found: "at+jwt".to_owned() }),
        (r#"{"alg":"RS256"}"#, SignatureError::KeyMissing),
        (r#"{"alg":"RS256","kid":"K"}"#, SignatureError::KeyUnknown),
        (
            r#"{"alg":"RS256","alg":"RS256","kid":"k"}"#,
            SignatureError::Header(JsonProblem::Duplicate { name: "alg".to_owned() }),
        ),
        ("[]", SignatureError::Header(JsonProblem::NotAnObject)),
    ] {
        assert_eq!(judged(&sign(header, &payload)), Err(IdTokenError::Signature(expected)), "{header}");
    }
}

#[test]
fn a_changed_token_does_not_verify() {
    let good = token(&claims());
    let (signed, signature) = good.rsplit_once('.').unwrap();
    let other = sign(HEADER, "{}");
    let foreign_signature = other.rsplit_once('.').unwrap().1;
    assert_eq!(judged(&format!("{signed}.{foreign_signature}")), Err(SignatureError::Signature.into()));
    assert_eq!(judged(&format!("{signed}.")), Err(SignatureError::Signature.into()));
    assert_eq!(
        judged(&format!("{signed}.{}", &signature[..signature.len() - 2])),
        Err(SignatureError::Signature.into())
    );
    assert_eq!(judged(&format!("{signed}.{signature}=")), Err(SignatureError::NotBase64 { part: "signature" }.into()));
}

#[test]
fn what_is_no_compact_token_is_refused_before_any_work() {
    for (text, expected) in [
        (String::new(), SignatureError::NotCompact { found: 1 }),
        ("a.b".to_owned(), SignatureError::NotCompact { found: 2 }),
        ("a.b.c.d".to_owned(), SignatureError::NotCompact { found: 4 }),
        ("a.b.c.d.e".to_owned(), SignatureError::Encrypted),
        ("é.b.c".to_owned(), SignatureError::NotBase64 { part: "header" }),
        ("..".to_owned(), SignatureError::Header(JsonProblem::NotAnObject)),
        ("a".repeat(20_000), SignatureError::TooLong { found: 20_000 }),
    ] {
        assert_eq!(judged(&text), Err(expected.into()), "{text:.20}");
    }
}

#[test]
fn a_key_that_cannot_be_used_is_skipped_and_others_stay() {
    let weak = URL_SAFE_NO_PAD.encode(vec![0xff; 128]);
    let unusable = vec![
        json!({"kty": "EC", "kid": "a", "crv": "P-256", "x": "AA", "y": "AA"}),
        key(&json!({"kid": "b", "use": "enc"})),
        key(&json!({"kid": "c", "alg": "RS512"})),
        key(&json!({"kid": "d", "n": weak})),
        key(&json!({"kid": "e", "n": "!"})),
        key(&json!({"kid": "f", "n": ""})),
        json!({"kid": "g"}),
        json!(7),
    ];
    assert!(key_set(unusable.clone(), true).is_empty());
    let mixed = unusable.into_iter().chain([key(&json!({"alg": "RS256"}))]).collect();
    let keys = key_set(mixed, true);
    assert_eq!(keys.count(), 1);
    assert!(judged_with(&token(&claims()), &keys, &metadata(), &AcceptedTenants::OfAuthority).is_ok());
}
