//! Exactly one credential, and the authority in the words of Azure's own tools.

use super::{TENANT, problems, settings};
use crate::model::settings::client::{Credential, IdentityEndpoint};
use crate::rules::configuration::settings::judge;

const KEYS: (&str, &str) = ("AZURE_SESSION_KEYS", "a2V5LW9mLW1vcmUtdGhhbi0zMi1ieXRlcy1oZXJlISE");
const NO_SECRET: (&str, &str) = ("AZURE_CLIENT_SECRET", "");
const FILE: (&str, &str) = ("AZURE_FEDERATED_TOKEN_FILE", "/var/token");
const IDENTITY: (&str, &str) = ("AZURE_CLIENT_CREDENTIAL", "managed-identity");
const ID: &str = "11111111-aaaa-4bbb-8ccc-333333333333";

fn credential(changes: &[(&str, &str)]) -> Option<Credential> {
    judge(&settings(changes)).unwrap_or_else(|error| panic!("{error}")).client.credential
}

#[test]
fn the_only_credential_that_is_set_counts_and_of_several_the_one_that_is_chosen() {
    let words = |changes: &[(&str, &str)]| credential(changes).map(|credential| credential.words());
    assert_eq!(words(&[]), Some("client secret"));
    assert_eq!(words(&[NO_SECRET]), None);
    assert_eq!(words(&[NO_SECRET, FILE, KEYS]), Some("federated token"));
    assert_eq!(words(&[FILE, ("AZURE_CLIENT_CREDENTIAL", "secret")]), Some("client secret"));
    assert_eq!(words(&[FILE, KEYS, ("AZURE_CLIENT_CREDENTIAL", "federated")]), Some("federated token"));
    assert_eq!(words(&[IDENTITY, KEYS]), Some("managed identity"), "it needs no variable of its own");
    let none = ("AZURE_CLIENT_CREDENTIAL", "none");
    assert_eq!(words(&[NO_SECRET, FILE, none]), None, "what Azure sets by itself makes nobody sign in");
    let configuration = judge(&settings(&[none])).unwrap();
    assert_eq!(configuration.without_effect[0].0, "AZURE_CLIENT_SECRET");
}

#[test]
fn a_secret_that_was_not_chosen_is_not_judged() {
    let placeholder = ("AZURE_CLIENT_SECRET", "<value of the secret>");
    assert_eq!(problems(&[placeholder, FILE, KEYS, ("AZURE_CLIENT_CREDENTIAL", "federated")]), [""; 0]);
    assert_eq!(problems(&[placeholder, KEYS, ("AZURE_CLIENT_CREDENTIAL", "secret")]).len(), 1);
}

#[test]
fn credentials_that_leave_it_open_which_one_is_meant_stop_the_start() {
    for (changes, expected) in [
        (
            vec![FILE],
            "AZURE_CLIENT_SECRET, AZURE_FEDERATED_TOKEN_FILE: several credentials are set, and one proves the program; unset \
             all but one, or choose with AZURE_CLIENT_CREDENTIAL=secret or AZURE_CLIENT_CREDENTIAL=federated",
        ),
        (
            vec![KEYS, ("AZURE_CLIENT_CREDENTIAL", "federated")],
            "AZURE_CLIENT_CREDENTIAL: AZURE_FEDERATED_TOKEN_FILE is not set; set AZURE_FEDERATED_TOKEN_FILE, or unset \
             AZURE_CLIENT_CREDENTIAL",
        ),
        (
            vec![("AZURE_CLIENT_CREDENTIAL", "password")],
            "AZURE_CLIENT_CREDENTIAL: found \"password\": not a kind of credential, expected `secret`, `certificate`, `federated`, \
             `managed-identity` or `none`; write one of these words, or unset AZURE_CLIENT_CREDENTIAL where only one credential is set",
        ),
        (
            vec![("AZURE_CLIENT_CREDENTIAL", "managed-identity:me")],
            "AZURE_CLIENT_CREDENTIAL: not a kind of credential, expected `secret`, `certificate`, \
             `federated`, `managed-identity` or `none`; write the client id of the managed identity behind the colon, or no colon",
        ),
        (
            vec![NO_SECRET, FILE],
            "AZURE_SESSION_KEYS: not set, and keys are made from a client secret only: the federated token is renewed, and \
             sessions are to last; make one with `openssl rand -base64 32`, or write AZURE_CLIENT_CREDENTIAL=none where nobody signs in",
        ),
        (
            vec![IDENTITY, KEYS, ("AZURE_ISSUER_URI", "https://accounts.example")],
            "AZURE_CLIENT_CREDENTIAL: only Microsoft Entra ID takes tokens of managed identities; let AZURE_ISSUER_URI name \
             Microsoft Entra ID, or unset AZURE_CLIENT_CREDENTIAL",
        ),
        (
            vec![IDENTITY, KEYS, ("AZURE_POD_IDENTITY_AUTHORITY_HOST", "http://identity.example")],
            "AZURE_POD_IDENTITY_AUTHORITY_HOST: found \"http://identity.example\": not an address of this machine with \
             `http`; leave AZURE_POD_IDENTITY_AUTHORITY_HOST as Azure sets it, or unset it",
        ),
    ] {
        assert_eq!(problems(&changes), [expected], "{changes:?}");
    }
}

#[cfg(feature = "certificate")]
#[test]
fn a_certificate_has_a_password_and_a_chain_where_they_are_wanted() {
    let path = ("AZURE_CLIENT_CERTIFICATE_PATH", "/etc/app.pem");
    let Some(Credential::Certificate(file)) = credential(&[NO_SECRET, KEYS, path]) else { panic!("a certificate") };
    assert!(file.password.is_none() && !file.sends_chain);
    let with = [
        ("AZURE_CLIENT_CERTIFICATE_PASSWORD", "word"),
        ("AZURE_CLIENT_SEND_CERTIFICATE_CHAIN", "true"),
        ("AZURE_CLIENT_CREDENTIAL", "certificate"),
    ];
    let Some(Credential::Certificate(file)) = credential(&[&[KEYS, path], &with[..]].concat()) else { panic!("one") };
    assert!(file.password.is_some() && file.sends_chain);
    let configuration = judge(&settings(&[&[KEYS, path], &with[..]].concat())).unwrap();
    let idle: Vec<_> = configuration.without_effect.iter().map(|(name, _)| *name).collect();
    assert_eq!(idle, ["AZURE_CLIENT_SECRET"]);
}

#[cfg(not(feature = "certificate"))]
#[test]
fn a_certificate_says_what_it_was_built_without() {
    let problems = problems(&[NO_SECRET, KEYS, ("AZURE_CLIENT_CERTIFICATE_PATH", "/etc/app.pem")]);
    assert!(problems[0].contains("build it with the feature `certificate`"), "{problems:?}");
}

#[test]
fn a_managed_identity_is_asked_where_azure_says_and_otherwise_at_the_machine() {
    let endpoint = |changes: &[(&str, &str)]| match credential(&[&[KEYS, IDENTITY], changes].concat()) {
        Some(Credential::ManagedIdentity(identity)) => identity,
        other => panic!("{other:?}"),
    };
    let at = |changes: &[(&str, &str)]| match endpoint(changes).endpoint {
        IdentityEndpoint::AppService { address, .. } => format!("service {address}"),
        IdentityEndpoint::Machine(address) => format!("machine {address}"),
    };
    let service = ("IDENTITY_ENDPOINT", "http://127.0.0.1:4100/msi/token");
    assert_eq!(at(&[]), "machine http://169.254.169.254");
    assert_eq!(
        at(&[("AZURE_POD_IDENTITY_AUTHORITY_HOST", "http://127.0.0.1:40342")]),
        "machine http://127.0.0.1:40342"
    );
    assert_eq!(at(&[service, ("IDENTITY_HEADER", "word")]), "service http://127.0.0.1:4100/msi/token");
    let of_another_kind = problems(&[NO_SECRET, KEYS, IDENTITY, service]);
    assert!(of_another_kind[0].starts_with("IDENTITY_HEADER, IDENTITY_ENDPOINT: not set"), "{of_another_kind:?}");
    let named = endpoint(&[("AZURE_CLIENT_CREDENTIAL", &format!("managed-identity:{ID}"))]);
    assert_eq!(named.client_id.map(|id| id.to_string()).as_deref(), Some(ID));
    assert_eq!(named.audience, "api://AzureADTokenExchange");
}

#[test]
fn the_authority_is_read_in_the_words_of_azures_tools_where_no_issuer_is_named() {
    let authority = |changes: &[(&str, &str)]| judge(&settings(changes)).map(|known| known.authority.canonical());
    let unset = ("AZURE_ISSUER_URI", "");
    let tenant = ("AZURE_TENANT_ID", TENANT);
    for (host, expected) in [
        ("", "https://login.microsoftonline.com"),
        ("https://login.microsoftonline.us/", "https://login.microsoftonline.us"),
        ("login.microsoftonline.us", "https://login.microsoftonline.us"),
        ("http://127.0.0.1:4000", "http://127.0.0.1:4000"),
    ] {
        let host = ("AZURE_AUTHORITY_HOST", host);
        let issuer = format!("{expected}/{TENANT}");
        assert_eq!(
            authority(&[unset, tenant, host]).ok(),
            authority(&[("AZURE_ISSUER_URI", &issuer)]).ok(),
            "{host:?}"
        );
        let other = ("AZURE_ISSUER_URI", "https://login.microsoftonline.com/contoso.com");
        assert_eq!(authority(&[other, tenant, host]).ok(), authority(&[other]).ok(), "an issuer counts first");
    }
    let error = authority(&[unset, ("AZURE_TENANT_ID", "no tenant")]).unwrap_err();
    assert_eq!(error.problems()[0].variables(), ["AZURE_TENANT_ID", "AZURE_AUTHORITY_HOST"]);
}
