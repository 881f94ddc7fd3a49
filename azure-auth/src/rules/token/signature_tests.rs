//! Which keys are usable, and which keys stay when the provider lists others.

use serde_json::{Value, json};

use super::*;
use crate::rules::token::id_token::tests::{
    HEADER, MOMENT as NOW, key, key_set, modulus_of, other_key_pair, sign, sign_by,
};

fn ago(seconds: u64) -> Moment {
    Moment::after(NOW.since(Moment::after(Duration::from_secs(seconds))))
}

/// The provider's key under these names.
fn keys(names: &[&str]) -> KeySet {
    key_set(names.iter().map(|name| key(&json!({"kid": name}))).collect(), true)
}

/// Whether a token that the key of this name signed is accepted.
fn verifies(keys: &KeySet, name: &str, now: Moment) -> bool {
    let token = sign(&json!({"alg": "RS256", "kid": name}).to_string(), "{}");
    let outcome = SignedToken::read(&token).unwrap().verify(keys.at(now)).map(|_| ());
    assert!(matches!(outcome, Ok(()) | Err(SignatureError::KeyUnknown)), "{outcome:?}");
    outcome.is_ok()
}

// One answer after another, of a provider whose answers may be subsets.

#[test]
fn a_key_that_one_answer_does_not_list_stays() {
    let second = keys(&["b"]).with_those_of(&keys(&["a", "b"]), NOW);
    assert!(verifies(&second, "a", NOW) && verifies(&second, "b", NOW));
    assert!(second.is_in_doubt() && second.contains("a"));
}

#[test]
fn a_key_that_two_answers_in_a_row_do_not_list_is_gone() {
    let second = keys(&["b"]).with_those_of(&keys(&["a", "b"]), ago(1));
    let third = keys(&["b"]).with_those_of(&second, NOW);
    assert!(!verifies(&third, "a", NOW) && verifies(&third, "b", NOW));
    assert!(!third.is_in_doubt() && !third.contains("a"));
}

#[test]
fn a_key_that_no_answer_has_listed_for_a_quarter_of_an_hour_is_gone() {
    let since = |seconds| keys(&["b"]).with_those_of(&keys(&["a", "b"]), ago(seconds));
    assert!(verifies(&since(899), "a", NOW));
    assert!(!verifies(&since(900), "a", NOW) && verifies(&since(900), "b", NOW));
    assert!(since(900).is_in_doubt(), "what it verified before may not be taken from the cache");
}

#[test]
fn a_key_that_reappears_is_as_good_as_new() {
    let second = keys(&["b"]).with_those_of(&keys(&["a", "b"]), ago(2000));
    let third = keys(&["a", "b"]).with_those_of(&second, ago(1500));
    assert!(!third.is_in_doubt() && verifies(&third, "a", NOW));
    let fourth = keys(&["b"]).with_those_of(&third, ago(1));
    assert!(fourth.is_in_doubt() && verifies(&fourth, "a", NOW), "its first absence was another one");
}

#[test]
fn answers_that_take_turns_lose_no_key() {
    let mut known = keys(&["a", "b"]);
    for answer in [["a"], ["b"], ["a"], ["b"]] {
        known = keys(&answer).with_those_of(&known, ago(10));
        assert!(verifies(&known, "a", NOW) && verifies(&known, "b", NOW) && known.is_in_doubt());
    }
    assert_eq!(known.count(), 2);
}

#[test]
fn a_new_key_of_an_old_name_takes_its_place_at_once() {
    let other = json!({"kty": "RSA", "kid": "k", "n": modulus_of(other_key_pair()), "e": "AQAB"});
    let second = key_set(vec![other], true).with_those_of(&keys(&["k"]), NOW);
    assert!(!second.is_in_doubt());
    let by_the_old = sign(HEADER, "{}");
    assert_eq!(SignedToken::read(&by_the_old).unwrap().verify(second.at(NOW)).err(), Some(SignatureError::Signature));
    let by_the_new = sign_by(other_key_pair(), HEADER, "{}");
    assert!(SignedToken::read(&by_the_new).unwrap().verify(second.at(NOW)).is_ok());
}

#[test]
fn sets_are_equal_where_they_accept_the_same() {
    let set = |members: &Value| key_set(vec![key(members)], true);
    let plain = set(&json!({}));
    assert!(plain.equals(&set(&json!({}))) && plain.equals(&set(&json!({"x5t": "x", "alg": "RS256"}))));
    assert!(keys(&["a", "b"]).equals(&keys(&["b", "a"])));
    assert!(KeySet::default().equals(&KeySet::default()));
    for (name, other) in [
        ("none", KeySet::default()),
        ("another name", keys(&["K"])),
        ("more", keys(&["k", "l"])),
        ("another issuer", set(&json!({"issuer": "x"}))),
        ("another cloud", set(&json!({"cloud_instance_name": "x"}))),
        ("another modulus", set(&json!({"n": modulus_of(other_key_pair())}))),
        ("another exponent", set(&json!({"e": "Aw"}))),
        ("without a name", key_set(vec![json!({"kty": "RSA", "n": modulus_of(other_key_pair()), "e": "AQAB"})], false)),
    ] {
        assert!(!plain.equals(&other) && !other.equals(&plain), "{name}");
    }
    // A key in doubt is still a key.
    assert!(keys(&["a"]).with_those_of(&keys(&["a", "b"]), NOW).equals(&keys(&["a", "b"])));
}

// Single keys.

#[test]
fn a_key_is_used_only_for_what_it_says_it_is_for() {
    let is_usable = |members: &Value| !key_set(vec![key(members)], true).is_empty();
    for members in [
        json!({}),
        json!({"use": null, "alg": null}),
        json!({"use": "sig", "alg": "RS256", "key_ops": ["verify"]}),
        json!({"key_ops": ["sign", "verify"]}),
        json!({"e": "Aw"}),
        json!({"x5c": ["no certificate"], "x5u": "https://evil.example", "unknown": {}}),
    ] {
        assert!(is_usable(&members), "{members}");
    }
    for members in [
        json!({"kty": "EC"}),
        json!({"kty": "oct"}),
        json!({"kty": "rsa"}),
        json!({"use": "enc"}),
        json!({"use": ""}),
        json!({"use": ["sig"]}),
        json!({"alg": "RS512"}),
        json!({"alg": "PS256"}),
        json!({"alg": "RSA-OAEP"}),
        json!({"key_ops": []}),
        json!({"key_ops": ["encrypt"]}),
        json!({"key_ops": "verify"}),
        json!({"kid": 7}),
        json!({"kid": null}),
        // An exponent of 1 signs everything; 0 and even ones are not exponents.
        json!({"e": "AQ"}),
        json!({"e": "AA"}),
        json!({"e": "Ag"}),
        json!({"e": ""}),
        json!({"n": null}),
        json!({"e": null}),
        json!({"n": "AQAB"}),
    ] {
        assert!(!is_usable(&members), "{members}");
    }
}

#[test]
fn a_modulus_has_2048_to_8192_bits_whatever_zeros_precede_it() {
    let usable = |modulus: &[u8]| !key_set(vec![key(&json!({"n": URL_SAFE_NO_PAD.encode(modulus)}))], true).is_empty();
    let of_bits = |bits: usize| {
        let mut modulus = vec![0xff; bits.div_ceil(8)];
        modulus[0] = u8::MAX >> (modulus.len() * 8 - bits);
        modulus
    };
    for (bits, expected) in [(1024, false), (2047, false), (2048, true), (4096, true), (8192, true), (8193, false)] {
        assert_eq!(usable(&of_bits(bits)), expected, "{bits}");
        assert_eq!(usable(&[vec![0; 3], of_bits(bits)].concat()), expected, "{bits} and zeros");
    }
    assert!(!usable(&[0; 256]));
}

#[test]
fn a_key_without_a_name_counts_only_where_it_is_the_only_one() {
    let nameless = || json!({"kty": "RSA", "n": modulus_of(other_key_pair()), "e": "AQAB"});
    let token = sign_by(other_key_pair(), r#"{"alg":"RS256"}"#, "{}");
    let outcome = |keys: &KeySet| SignedToken::read(&token).unwrap().verify(keys.at(NOW)).map(|_| ()).err();
    assert_eq!(outcome(&key_set(vec![nameless()], false)), None);
    assert_eq!(outcome(&key_set(vec![nameless()], true)), Some(SignatureError::KeyMissing));
    assert_eq!(outcome(&key_set(vec![nameless(), key(&json!({}))], false)), Some(SignatureError::KeyMissing));
    // Keys that cannot be used are not counted.
    let with_another = vec![nameless(), json!({"kty": "oct", "k": "AAAA"})];
    assert_eq!(outcome(&key_set(with_another, false)), None);
}

#[test]
fn a_header_has_sixteen_members_at_most_whatever_they_are() {
    let token = |members: usize| {
        let mut header = json!({"alg": "RS256", "kid": "k"});
        for number in 2..members {
            header[format!("m{number}")] = json!(0);
        }
        sign(&header.to_string(), "{}")
    };
    assert!(SignedToken::read(&token(16)).is_ok());
    for members in [17, 256, 1000] {
        let found = SignedToken::read(&token(members)).err();
        assert_eq!(found, Some(SignatureError::Header(JsonProblem::TooMany { limit: 16 })), "{members}");
    }
    // As Entra ID sends them, and with everything that RFC 7515 registers.
    let registered = r#"{"typ":"JWT","nonce":"n","alg":"RS256","x5t":"a","kid":"k"}"#;
    let everything =
        r#"{"alg":"RS256","jku":"","jwk":{},"kid":"k","x5u":"","x5c":[],"x5t":"","x5t#S256":"","typ":"JWT","cty":""}"#;
    for header in [registered, everything] {
        assert!(SignedToken::read(&sign(header, "{}")).is_ok(), "{header}");
    }
}
