//! The JWS and JWK vectors of Project Wycheproof (C2SP/wycheproof, `testvectors_v1`), through the reader and the keys
//! that every token passes.
//!
//! The vectors are not part of this repository. `AZURE_AUTH_WYCHEPROOF` names their folder; without it they are looked
//! for in `shared/wycheproof` beside the workspace.

use std::collections::BTreeMap;
use std::path::PathBuf;

use serde_json::Value;

use super::*;
use crate::rules::token::id_token::tests::MOMENT;

/// Invalid for a property of the key alone that no verifier can see in a signature: the key of a vulnerable card (ROCA,
/// CVE-2017-15361). Keys come from the provider over TLS, and Entra's are not made by such cards.
const KEY_FOR_THE_PROVIDER_TO_REFUSE: &str = "rejectsKeyWithRocaVulnerability";

fn vectors(file: &str) -> Option<Value> {
    let beside = || PathBuf::from(concat!(env!("CARGO_MANIFEST_DIR"), "/../../shared/wycheproof"));
    let folder = std::env::var_os("AZURE_AUTH_WYCHEPROOF").map_or_else(beside, PathBuf::from);
    let Ok(text) = std::fs::read_to_string(folder.join(file)) else {
        println!("left out: no {file} in {}; set AZURE_AUTH_WYCHEPROOF", folder.display());
        return None;
    };
    Some(serde_json::from_str(&text).unwrap())
}

/// Every test with the keys of its group.
fn tests(vectors: &Value) -> Vec<(&Value, &Value)> {
    let groups = vectors["testGroups"].as_array().unwrap();
    let tests = groups.iter().flat_map(|group| {
        let key = group.get("public").or_else(|| group.get("private")).unwrap();
        group["tests"].as_array().unwrap().iter().map(move |test| (key, test))
    });
    tests.collect()
}

/// One key, or a set of them.
fn key_set(key: &Value) -> KeySet {
    let keys = key.get("keys").map_or_else(|| vec![key.clone()], |keys| keys.as_array().unwrap().clone());
    KeySet::read(&JsonWebKeySet { keys }, false)
}

fn verify(test: &Value, keys: &KeySet) -> Result<Vec<u8>, SignatureError> {
    // A few vectors are whole JSON serializations.
    let jws = test["jws"].as_str().map_or_else(|| test["jws"].to_string(), str::to_owned);
    SignedToken::read(&jws)?.verify(keys.at(MOMENT)).map(|verified| verified.bytes)
}

fn algorithm(key: &Value) -> &str {
    let key = key.get("keys").map_or(key, |keys| &keys[0]);
    key["alg"].as_str().unwrap_or("none named")
}

/// Judges each vector and counts what became of it, by outcome and algorithm of the key.
fn judge(vectors: &Value) -> BTreeMap<(&'static str, String), usize> {
    let mut counts = BTreeMap::new();
    for (key, test) in tests(vectors) {
        let (id, comment) = (&test["tcId"], test["comment"].as_str().unwrap());
        let outcome = verify(test, &key_set(key));
        let verdict = match (test["result"].as_str().unwrap(), outcome) {
            ("valid", Ok(_)) => "valid and accepted",
            // Refused on purpose, some for their odd base64 before anyone asks for the algorithm.
            ("valid", Err(_)) if !matches!(algorithm(key), "RS256" | "none named") => {
                "valid, of an algorithm that is not accepted"
            }
            ("valid", Err(SignatureError::KeyMissing | SignatureError::KeyUnknown)) if key_set(key).is_empty() => {
                "valid, and the key is of another kind than its token"
            }
            ("invalid", Err(_)) => "invalid and refused",
            ("invalid", Ok(_)) if comment == KEY_FOR_THE_PROVIDER_TO_REFUSE => "invalid by its key alone",
            (expected, outcome) => panic!("vector {id} ({comment}) is {expected}: {outcome:?}"),
        };
        *counts.entry((verdict, algorithm(key).to_owned())).or_default() += 1;
    }
    for ((verdict, algorithm), count) in &counts {
        println!("{verdict}: {count} ({algorithm})");
    }
    counts
}

fn total(counts: &BTreeMap<(&'static str, String), usize>, wanted: &str) -> usize {
    counts.iter().filter(|((verdict, _), _)| *verdict == wanted).map(|(_, count)| count).sum()
}

#[test]
fn every_signature_vector_ends_as_it_must() {
    let Some(vectors) = vectors("json_web_signature_test.json") else { return };
    let counts = judge(&vectors);
    assert_eq!(counts.values().sum::<usize>(), 401);
    assert_eq!(total(&counts, "invalid and refused"), 355);
    let accepted = counts.iter().filter(|((verdict, _), _)| *verdict == "valid and accepted");
    for ((_, algorithm), _) in accepted.clone() {
        assert_eq!(algorithm, "RS256");
    }
    assert_eq!(accepted.map(|(_, count)| count).sum::<usize>(), 8, "every valid vector of RS256");
}

#[test]
fn every_key_vector_ends_as_it_must() {
    let Some(vectors) = vectors("json_web_key_test.json") else { return };
    let counts = judge(&vectors);
    assert_eq!(counts.values().sum::<usize>(), 26);
    assert_eq!(total(&counts, "valid and accepted"), 1);
}

/// The class of CVE-2015-9235: a public key, or any text, taken for the secret of an HMAC.
#[test]
fn a_symmetric_key_never_verifies() {
    let mut found = 0;
    for file in ["json_web_signature_test.json", "json_web_key_test.json"] {
        let Some(vectors) = vectors(file) else { return };
        for (key, test) in tests(&vectors) {
            let keys = key.get("keys").map_or_else(|| vec![key.clone()], |keys| keys.as_array().unwrap().clone());
            let symmetric: Vec<Value> = keys.into_iter().filter(|key| key["kty"] == "oct").collect();
            if symmetric.is_empty() {
                continue;
            }
            found += 1;
            let keys = KeySet::read(&JsonWebKeySet { keys: symmetric }, false);
            assert!(keys.is_empty() && verify(test, &keys).is_err(), "vector {}", test["tcId"]);
        }
    }
    println!("{found} vectors with symmetric keys, none of which verifies");
    assert!(found > 40);
}
