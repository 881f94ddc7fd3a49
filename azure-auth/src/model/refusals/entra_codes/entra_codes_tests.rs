use std::collections::HashSet;

use super::*;
use crate::model::refusals::explain::explain;
use crate::model::refusals::oauth_errors::{ERRORS, SUBERRORS};

/// Every code that the project's notes on Entra ID name for a web application (§5.5), as they stand there.
const NOTED: [u32; 126] = [
    16000, 28000, 28002, 28003, 28004, 500_011, 50011, 500_112, 500_113, 900_971, 50013, 500_131, 500_133, 50020,
    50034, 51004, 50014, 50053, 50055, 50056, 50057, 50126, 50058, 50059, 50128, 50072, 50074, 50076, 50078, 50079,
    50097, 50129, 50187, 50105, 50131, 53000, 53001, 53002, 53003, 50132, 50133, 50173, 50140, 50199, 50146, 501_461,
    50147, 501_491, 501_481, 50158, 50194, 50196, 54005, 65001, 65004, 65005, 650_052, 650_053, 650_054, 650_056,
    650_057, 70000, 70001, 7_000_112, 700_005, 70007, 70004, 70005, 70008, 700_082, 700_084, 70011, 70016, 70018,
    70019, 700_016, 70021, 700_211, 700_212, 700_213, 7_000_215, 7_000_218, 7_000_222, 700_022, 700_023, 700_024,
    700_025, 700_027, 7_000_214, 7_000_274, 7_000_277, 1_000_502, 700_054, 700_020, 70043, 90002, 90008, 90009, 90014,
    900_144, 900_561, 90038, 900_439, 900_382, 900_432, 90094, 90095, 90093, 90124, 90130, 9_001_023, 9_002_332,
    9_002_313, 9_002_325, 9_002_326, 901_002, 9_010_010, 1_002_016, // What other sections name.
    90005, 700_229, 1_002_012, 9_002_327, 70003, 50148, 90033, 90025,
];

/// §5.5: "530003–530035".
const BLOCKED: std::ops::RangeInclusive<u32> = 530_003..=530_035;

/// Words that mean nothing to a visitor.
const JARGON: [&str; 14] = [
    "tenant",
    "token",
    "scope",
    "redirect",
    "client",
    "secret",
    "oauth",
    "pkce",
    "uri",
    "endpoint",
    "assertion",
    "claim",
    "grant",
    "resource",
];

fn codes() -> Vec<u32> {
    rows().flatten().copied().collect()
}

#[test]
fn every_noted_code_is_explained_once_and_found_by_its_text() {
    let unique: HashSet<u32> = codes().into_iter().collect();
    assert_eq!(unique.len(), codes().len(), "no code in two rows");
    for code in NOTED.into_iter().chain(BLOCKED) {
        assert!(unique.contains(&code), "AADSTS{code} has no explanation");
    }
    for code in codes() {
        let text = format!("AADSTS{code}");
        let explanation = find(code).unwrap();
        assert_eq!(explanation.code, text);
        assert_eq!(explain(&text), Some(explanation));
        assert!(matches!(explanation.status, 400 | 403 | 502), "{text}");
    }
    assert_eq!(find(0), None);
}

#[test]
fn each_row_has_a_cause_a_remedy_and_a_sentence_of_its_own() {
    let explanations = || rows().map(|codes| find(codes[0]).unwrap()).chain(ERRORS).chain(SUBERRORS);
    let mut sentences = HashSet::new();
    let mut advice = HashSet::new();
    for explanation in explanations() {
        let code = explanation.code;
        assert!(sentences.insert(explanation.sentence), "{code}: the sentence is another code's as well");
        assert!(advice.insert((explanation.cause, explanation.remedy)) || !code.starts_with("AADSTS"), "{code}");
        let lower = explanation.sentence.to_lowercase();
        assert!(explanation.sentence.ends_with('.'), "{code}");
        assert!(explanation.sentence.starts_with(char::is_uppercase), "{code}");
        assert!(!lower.contains(['`', '<', '"']), "{code}");
        for word in lower.split(|character: char| !character.is_alphanumeric()) {
            let is_jargon = JARGON.iter().any(|jargon| word.trim_end_matches('s') == *jargon);
            assert!(!is_jargon && !word.starts_with("aadsts"), "{code}: {word:?} means nothing to a visitor");
        }
        for text in [explanation.cause, explanation.remedy] {
            assert!(!text.is_empty() && !text.ends_with(['.', ' ']) && !text.contains("  "), "{code}: {text}");
            let is_name = ["Microsoft", "Conditional Access"].iter().any(|name| text.starts_with(name));
            assert!(is_name || !text.starts_with(char::is_uppercase), "{code}: {text}");
            assert_eq!(text.matches('`').count() % 2, 0, "{code}: {text}");
        }
    }
}

/// A setting, a page of the portal, a command, a call, an address: never only "fix it".
#[test]
fn every_remedy_names_something() {
    for explanation in rows().map(|codes| find(codes[0]).unwrap()).chain(ERRORS).chain(SUBERRORS) {
        let remedy = explanation.remedy;
        let is_named = ["`", "\""].iter().any(|quote| remedy.matches(quote).count() >= 2);
        assert!(is_named, "{}: {remedy}", explanation.code);
    }
}

#[test]
fn what_is_in_angle_brackets_reads_as_text_and_is_known() {
    let filled_in = [REDIRECT_URI, CONSENT_ADDRESS, CLIENT_ID, AUTHORITY];
    let of_others = ["<application id URI>", "<application id of the API>", "<scope>"];
    for explanation in codes().into_iter().map(|code| find(code).unwrap()) {
        for text in [explanation.cause, explanation.remedy] {
            for rest in text.split('<').skip(1) {
                let name = format!("<{}>", rest.split_once('>').unwrap().0);
                let is_known = filled_in.contains(&name.as_str()) || of_others.contains(&name.as_str());
                assert!(is_known, "{}: {name}", explanation.code);
            }
        }
    }
}
