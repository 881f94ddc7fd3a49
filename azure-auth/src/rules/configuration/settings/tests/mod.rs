//! One configuration that passes, then configurations one mistake away.

mod credential_tests;
mod explained_tests;

use base64::Engine;
use base64::engine::general_purpose::{STANDARD, URL_SAFE_NO_PAD};

use super::*;
use crate::model::sessions::session::SessionLifetimes;
use crate::model::settings::configuration::AuthPaths;
use crate::model::settings::tenants::AcceptedTenants;

const TENANT: &str = "33333333-cccc-4ddd-8eee-444444444444";
const SECRET: &str = "a-secret-of-more-than-32-characters-0123";

fn settings(changes: &[(&str, &str)]) -> Settings {
    let issuer = format!("https://login.microsoftonline.com/{TENANT}");
    let mut variables = vec![
        ("AZURE_CLIENT_ID", "11111111-aaaa-4bbb-8ccc-222222222222"),
        ("AZURE_CLIENT_SECRET", SECRET),
        ("AZURE_ISSUER_URI", issuer.as_str()),
    ];
    variables.extend(changes);
    Settings::from_variables(|name| {
        variables.iter().rev().find(|(variable, _)| *variable == name).map(|(_, text)| (*text).to_owned())
    })
}

fn problems(changes: &[(&str, &str)]) -> Vec<String> {
    match judge(&settings(changes)) {
        Ok(_) => Vec::new(),
        Err(error) => error.problems().iter().map(ToString::to_string).collect(),
    }
}

#[test]
fn three_variables_are_enough() {
    let configuration = judge(&settings(&[])).unwrap();
    assert_eq!(configuration.tenants, AcceptedTenants::Listed(vec![TENANT.parse().unwrap()]));
    assert_eq!(configuration.paths, AuthPaths::default());
    assert_eq!(configuration.lifetimes, SessionLifetimes::default());
    assert_eq!(configuration.sealing_secrets.len(), 1);
    assert!(!configuration.explain && configuration.public_urls.is_empty());
    assert!(!configuration.asks_graph_for_groups && configuration.graph.is_none());
}

#[test]
fn graph_is_asked_for_groups_and_at_another_address_only_where_somebody_says_so() {
    for address in
        ["https://graph.microsoft.us", "https://GRAPH.microsoft.us/", "http://127.0.0.1:4000", "http://localhost"]
    {
        let changes = [("AZURE_GROUP_OVERAGE", "graph"), ("AZURE_GRAPH_URI", address)];
        let configuration = judge(&settings(&changes)).unwrap();
        assert!(configuration.asks_graph_for_groups && configuration.without_effect.is_empty());
        let graph = configuration.graph.map(|graph| graph.to_string());
        assert_eq!(graph.as_deref(), Some(address.to_ascii_lowercase().trim_end_matches('/')));
    }
    for without in [("AZURE_ISSUER_URI", "https://accounts.example"), ("AZURE_CLIENT_SECRET", "")] {
        let changes = [("AZURE_GROUP_OVERAGE", "graph"), ("AZURE_GRAPH_URI", "https://graph.microsoft.us"), without];
        let without_effect = judge(&settings(&changes)).unwrap().without_effect;
        let names: Vec<_> = without_effect.iter().map(|(name, _)| *name).collect();
        assert_eq!(names, ["AZURE_GROUP_OVERAGE", "AZURE_GRAPH_URI"], "{without:?}");
    }
}

#[test]
fn a_client_id_in_capitals_is_the_same_client_at_entra_and_another_one_elsewhere() {
    const ID: &str = "11111111-aaaa-4bbb-8ccc-222222222222";
    let capitals = ID.to_ascii_uppercase();
    let configuration = judge(&settings(&[("AZURE_CLIENT_ID", &capitals)])).unwrap();
    assert_eq!(configuration.client.id, ID);
    assert_eq!(configuration.audiences, [format!("api://{ID}"), ID.to_owned()]);
    let changes = [("AZURE_CLIENT_ID", capitals.as_str()), ("AZURE_AUDIENCE", &format!("api://{capitals}"))];
    assert_eq!(judge(&settings(&changes)).unwrap().audiences, [format!("api://{capitals}")], "exactly as written");
    let elsewhere = [("AZURE_CLIENT_ID", capitals.as_str()), ("AZURE_ISSUER_URI", "https://accounts.example")];
    assert_eq!(judge(&settings(&elsewhere)).unwrap().client.id, capitals);
}

#[test]
fn empty_variables_count_as_unset() {
    assert_eq!(
        problems(&[("AZURE_PUBLIC_URL", ""), ("AZURE_SESSION_KEYS", "  "), ("AZURE_EXPLAIN", "")]),
        Vec::<String>::new()
    );
    assert!(problems(&[("AZURE_CLIENT_ID", " ")])[0].starts_with("AZURE_CLIENT_ID: not set; "));
}

#[test]
#[expect(clippy::too_many_lines, reason = "a table")]
fn each_mistake_is_named_with_its_variable_and_the_remedy() {
    let common = ("AZURE_ISSUER_URI", "https://login.microsoftonline.com/common");
    let organizations = ("AZURE_ISSUER_URI", "https://login.microsoftonline.com/organizations/v2.0");
    let consumers = "9188040d-6c67-4c5b-b112-36a304b66dad";
    let openid = ("AZURE_ISSUER_URI", "https://accounts.example");
    let tenants = ("AZURE_VALID_TENANT_IDS", TENANT);
    let key = URL_SAFE_NO_PAD.encode([1, 2].repeat(16));
    let zeros = "0".repeat(64);
    let sevens = format!("{key}, {}", URL_SAFE_NO_PAD.encode([7; 48]));
    let twice = format!("{key},{},{}", URL_SAFE_NO_PAD.encode([3, 4].repeat(16)), "0102".repeat(16));
    let letters = "a".repeat(40);
    for (changes, variable, words) in [
        (
            vec![("AZURE_CLIENT_ID", "my-app")],
            "AZURE_CLIENT_ID",
            "found \"my-app\": not an id; copy \"Application (client) ID\"",
        ),
        (vec![("AZURE_CLIENT_SECRET", TENANT)], "AZURE_CLIENT_SECRET", "that is the secret's id"),
        (vec![("AZURE_CLIENT_SECRET", "short")], "AZURE_SESSION_KEYS", "the client secret has 5 characters, of 32"),
        (
            vec![("AZURE_ISSUER_URI", "")],
            "AZURE_ISSUER_URI",
            "not set; copy from the app registration \"Directory (tenant)",
        ),
        (
            vec![("AZURE_ISSUER_URI", "http://login.microsoftonline.com/common")],
            "AZURE_ISSUER_URI",
            "`http` is for loopback",
        ),
        (
            vec![common],
            "AZURE_VALID_TENANT_IDS",
            "not set, and AZURE_ISSUER_URI names `common`, which signs in people of",
        ),
        (
            vec![organizations],
            "AZURE_VALID_TENANT_IDS",
            "in place of `organizations` in AZURE_ISSUER_URI, or list in AZURE_V",
        ),
        (
            vec![organizations, ("AZURE_VALID_TENANT_IDS", consumers)],
            "AZURE_VALID_TENANT_IDS",
            "which `organizations` in AZURE_ISSUER_URI never signs in",
        ),
        (
            vec![common, ("AZURE_VALID_TENANT_IDS", "contoso.com")],
            "AZURE_VALID_TENANT_IDS",
            "found \"contoso.com\": not a tenant id",
        ),
        (vec![common, ("AZURE_VALID_TENANT_IDS", ",")], "AZURE_VALID_TENANT_IDS", "lists no tenant id"),
        (vec![("AZURE_VALID_TENANT_IDS", consumers)], "AZURE_VALID_TENANT_IDS", "nobody could sign in"),
        (
            vec![("AZURE_ISSUER_URI", "https://login.microsoftonline.com/consumers"), ("AZURE_VALID_TENANT_IDS", "*")],
            "AZURE_VALID_TENANT_IDS",
            "personal accounts only",
        ),
        (vec![("AZURE_PUBLIC_URL", "http://app.example.com")], "AZURE_PUBLIC_URL", "`http` is for loopback hosts only"),
        (
            vec![("AZURE_AUTHORIZATION_CODE_ENDPOINT", "callback")],
            "AZURE_AUTHORIZATION_CODE_ENDPOINT",
            "not a path; write a path such as `/authorization-code/callback`",
        ),
        (vec![("AZURE_AUTHORIZATION_CODE_ENDPOINT", "/login")], "AZURE_AUTHORIZATION_CODE_ENDPOINT", "are equal"),
        (
            vec![("AZURE_SESSION_KEYS", "AAAA")],
            "AZURE_SESSION_KEYS",
            "key 1 has 3 bytes, of 32 required; make one with `openssl rand -base64 32`",
        ),
        (vec![("AZURE_SESSION_KEYS", &zeros)], "AZURE_SESSION_KEYS", "key 1 is one byte over and over"),
        (vec![("AZURE_SESSION_KEYS", &sevens)], "AZURE_SESSION_KEYS", "key 2 of 2 is one byte over and over"),
        (vec![("AZURE_SESSION_KEYS", &twice)], "AZURE_SESSION_KEYS", "key 3 of 3 is equal to key 1; remove one"),
        (vec![("AZURE_CLIENT_SECRET", &letters)], "AZURE_SESSION_KEYS", "the client secret is one character"),
        (vec![openid, tenants], "AZURE_VALID_TENANT_IDS", "has none: nobody would be kept out; remove AZURE_VALID"),
        (vec![openid, ("AZURE_VALID_TENANT_IDS", "*")], "AZURE_VALID_TENANT_IDS", "nobody would be kept out"),
        (vec![openid, ("AZURE_VALID_TENANT_IDS", "x")], "AZURE_VALID_TENANT_IDS", "nobody would be kept out"),
        (
            vec![("AZURE_SESSION_STORE", "file://:password@host")],
            "AZURE_SESSION_STORE",
            "found \"file\": not a kind of store, expected `cookie`",
        ),
        (
            vec![("AZURE_SESSION_STORE", "redis://")],
            "AZURE_SESSION_STORE",
            if cfg!(feature = "redis") { "is not an address" } else { "turn on the feature `redis`" },
        ),
        (vec![("AZURE_AUDIENCE", " , ")], "AZURE_AUDIENCE", "lists no audience"),
        (vec![("AZURE_AUDIENCE", "https://graph.microsoft.com")], "AZURE_AUDIENCE", "Microsoft Graph"),
        (vec![("AZURE_EXPLAIN", "yes")], "AZURE_EXPLAIN", "found \"yes\": not a switch, expected `1`"),
        (
            vec![("AZURE_GROUP_OVERAGE", "Graph")],
            "AZURE_GROUP_OVERAGE",
            "found \"Graph\": not a place to look groups up, expected `graph` or nothing; write AZURE_GROUP_OVERAGE=graph",
        ),
        (vec![("AZURE_GROUP_OVERAGE", "true")], "AZURE_GROUP_OVERAGE", "found \"true\""),
        (vec![("AZURE_GRAPH_URI", "graph.microsoft.com")], "AZURE_GRAPH_URI", "not scheme and host alone"),
        (vec![("AZURE_GRAPH_URI", "http://graph.microsoft.com")], "AZURE_GRAPH_URI", "with `https` unless"),
        (vec![("AZURE_GRAPH_URI", "http://graph.localhost:1")], "AZURE_GRAPH_URI", "of this machine"),
        (vec![("AZURE_GRAPH_URI", "https://graph.microsoft.com/v1.0")], "AZURE_GRAPH_URI", "no more than"),
        (vec![("AZURE_GRAPH_URI", "https://u:word@graph.microsoft.com")], "AZURE_GRAPH_URI", "found \"https://…@graph"),
    ] {
        let problems = problems(&changes);
        assert_eq!(problems.len(), 1, "{problems:?}");
        let is_named =
            problems[0].split(": ").next().is_some_and(|names| names.split(", ").any(|name| name == variable));
        assert!(is_named && problems[0].contains(words), "{problems:?}");
    }
}

#[test]
fn all_problems_are_reported_at_once_in_words_for_people() {
    let error = judge(&Settings::default()).err().unwrap();
    assert_eq!(
        error.problems().iter().map(ConfigurationProblem::variables).collect::<Vec<_>>(),
        [["AZURE_ISSUER_URI", "AZURE_CLIENT_ID", "AZURE_CLIENT_SECRET"]]
    );
    let text = format!("{error:?}");
    let first = "the configuration of azure-auth is not complete\n  AZURE_ISSUER_URI, AZURE_CLIENT_ID, AZURE_CLIENT_SECRET: not \
                 set; copy from the app registration ";
    assert!(text.starts_with(first), "{text}");
    let to_paste: Vec<&str> = text.lines().filter(|line| line.starts_with("AZURE_")).collect();
    assert_eq!(
        to_paste,
        [
            "AZURE_ISSUER_URI=https://login.microsoftonline.com/<tenant id>",
            "AZURE_CLIENT_ID=<client id>",
            "AZURE_CLIENT_SECRET=<value of the secret>"
        ]
    );
    let pasted: Vec<(&str, &str)> = to_paste.iter().filter_map(|line| line.split_once('=')).collect();
    let left = problems(&pasted).join("\n");
    assert_eq!(left.matches("placeholder").count(), 3, "what was not filled in is said: {left}");
}

#[test]
fn a_secret_is_never_part_of_a_problem() {
    let changes = [
        ("AZURE_CLIENT_SECRET", "tiny-secret"),
        ("AZURE_SESSION_KEYS", "secret-key-one!, c2VjcmV0LWtleS10d28"),
        ("AZURE_SESSION_STORE", "file://:password@host"),
        ("AZURE_CLIENT_ID", "x"),
        ("AZURE_ISSUER_URI", "https://me:word-1@login.microsoftonline.com/common"),
        ("AZURE_PUBLIC_URL", "https://me:word-2@app.example.com"),
    ];
    let text = judge(&settings(&changes)).err().unwrap().to_string();
    for secret in ["tiny-secret", "secret-key-one", "c2VjcmV0", "password", "word-1", "word-2"] {
        assert!(!text.contains(secret), "{text}");
    }
    assert!(text.contains("key 1 of 2 is neither") && text.contains("key 2 of 2 has 14 bytes"), "{text}");
}

#[test]
fn session_keys_are_read_in_both_alphabets_newest_first() {
    let hexadecimal = "0a0b".repeat(16);
    let first: Vec<u8> = (7..40).collect();
    let base64 = URL_SAFE_NO_PAD.encode(&first);
    let keys = format!("{base64}, {hexadecimal}");
    let configuration = judge(&settings(&[("AZURE_SESSION_KEYS", &keys)])).unwrap();
    assert_eq!(configuration.sealing_secrets, [first, [10, 11].repeat(16)]);
}

#[test]
fn session_keys_are_read_as_openssl_writes_them() {
    let secret: Vec<u8> = [0xfb, 0xef, 0xff].repeat(11)[..32].to_vec();
    let plain = STANDARD.encode(&secret);
    assert!(plain.contains('+') && plain.contains('/') && plain.ends_with('='), "{plain}");
    for text in [plain.clone(), plain.trim_end_matches('=').to_owned(), URL_SAFE_NO_PAD.encode(&secret)] {
        let configuration = judge(&settings(&[("AZURE_SESSION_KEYS", &text)])).unwrap();
        assert_eq!(configuration.sealing_secrets, std::slice::from_ref(&secret), "{text}");
    }
}

#[test]
fn audiences_are_this_registration_or_those_listed_without_their_slash() {
    let audiences = |changes: &[(&str, &str)]| judge(&settings(changes)).unwrap().audiences;
    let id = "11111111-aaaa-4bbb-8ccc-222222222222";
    assert_eq!(audiences(&[]), [format!("api://{id}"), id.to_owned()]);
    assert_eq!(
        audiences(&[("AZURE_AUDIENCE", "api://tasks/, https://contoso.com/x")]),
        ["api://tasks", "https://contoso.com/x"]
    );
}

#[test]
fn a_public_address_that_is_none_or_contradicts_another_is_a_problem() {
    let seventeen = (0..17).map(|number| format!("https://{number}.example.com")).collect::<Vec<_>>().join(",");
    for (text, expected) in [
        ("https://app.example.com/a?x", "only scheme, host, port and path"),
        ("https://app.example.com/a b", "something else than letters"),
        ("https://a.example,http://b.example", "found \"http://b.example\""),
        ("https://a.example, b.example", "found \"b.example\": not a web"),
        (" , ", "lists no address"),
        ("https://a.example,https://A.example/", "a.example more than once"),
        ("https://a.example/one,https://a.example/two", "a.example more than once"),
        ("http://localhost,https://localhost", "localhost more than once"),
        ("https://a.example,http://localhost:3000", "lists http://localhost:3000, an address of this machine"),
        (seventeen.as_str(), "lists 17 addresses, expected 16 at most"),
        ("https://a.example/session", "also that of \"/session\""),
        ("https://b.example,https://a.example/authorization-code/", "also that of \"/authorization-code/callback\""),
    ] {
        let found = problems(&[("AZURE_PUBLIC_URL", text)]);
        let is_named = |problem: &String| problem.starts_with("AZURE_PUBLIC_URL: ") && problem.contains(expected);
        assert!(found.len() == 1 && found.iter().all(is_named), "{text}: {found:?}");
    }
}

#[test]
fn several_public_addresses_are_read_in_their_order() {
    let judged = |text: &str| judge(&settings(&[("AZURE_PUBLIC_URL", text)])).unwrap();
    let addresses = |text: &str| judged(text).public_urls.iter().map(ToString::to_string).collect::<Vec<_>>();
    assert_eq!(addresses("https://a.example"), ["https://a.example"]);
    assert_eq!(
        addresses(" https://b.example/app/ ,https://A.example,https://a.example:8443,"),
        ["https://b.example/app", "https://a.example", "https://a.example:8443"]
    );
    assert_eq!(addresses("http://localhost:3000,http://127.0.0.1:3000").len(), 2);
    let sixteen: Vec<String> = (0..16).map(|number| format!("https://{number}.example.com")).collect();
    assert_eq!(addresses(&sixteen.join(",")), sixteen);
    // Each answers the library's paths with its own prefix, and all without one.
    let own = judged("https://a.example/app,https://b.example").own_paths();
    for path in ["/login", "/app/login", "/session/events", "/app/session/events"] {
        assert!(own.iter().any(|own| own == path), "{path}");
    }
}

#[test]
fn keys_follow_the_first_public_address_alone() {
    let derived = |text: &str| judge(&settings(&[("AZURE_PUBLIC_URL", text)])).unwrap().sealing_secrets;
    let first = derived("https://a.example");
    assert_eq!(first, derived("https://A.example:443/"));
    assert_eq!(first, derived("https://a.example,https://b.example/app"), "a further address ends no session");
    assert_ne!(first, derived("https://b.example,https://a.example"));
    assert_ne!(first, derived("https://a.example/app"));
}

#[test]
fn the_derived_key_is_bound_to_issuer_client_and_public_url() {
    let derived = |changes: &[(&str, &str)]| judge(&settings(changes)).unwrap().sealing_secrets;
    let plain = derived(&[]);
    assert_eq!(plain, derived(&[]), "replicas agree without a set-up");
    for change in [
        ("AZURE_CLIENT_ID", "22222222-aaaa-4bbb-8ccc-222222222222"),
        ("AZURE_CLIENT_SECRET", "another-secret-of-more-than-32-characters"),
        ("AZURE_ISSUER_URI", "https://login.microsoftonline.com/contoso.com"),
        ("AZURE_PUBLIC_URL", "https://app.example.com"),
    ] {
        assert_ne!(plain, derived(&[change]), "{}", change.0);
    }
}

#[test]
fn without_a_client_secret_there_is_nothing_to_seal() {
    let configuration = judge(&settings(&[("AZURE_CLIENT_SECRET", "")])).unwrap();
    assert!(configuration.client.credential.is_none() && configuration.sealing_secrets.is_empty());
}

#[test]
fn a_provider_without_tenants_takes_any_client_id() {
    let changes = [("AZURE_ISSUER_URI", "https://accounts.example"), ("AZURE_CLIENT_ID", "my-app")];
    assert!(problems(&changes).is_empty());
}

#[test]
fn a_setting_that_does_nothing_beside_the_others_is_named_and_keeps_nobody_from_starting() {
    let idle = |settings: Settings| {
        let without_effect = judge(&settings).unwrap().without_effect;
        without_effect.iter().map(|(name, _)| *name).collect::<Vec<_>>()
    };
    let none = Vec::<&str>::new();
    let openid = ("AZURE_ISSUER_URI", "https://accounts.example");
    let key = URL_SAFE_NO_PAD.encode([1, 2].repeat(16));
    let all = [("AZURE_AUDIENCE", "api://x"), ("AZURE_SESSION_KEYS", key.as_str()), ("AZURE_SESSION_STORE", "memory")];
    assert_eq!(idle(settings(&all)), ["AZURE_SESSION_KEYS"], "a key can be derived");
    let short = ("AZURE_CLIENT_SECRET", "short-one");
    assert_eq!(idle(settings(&[all[0], all[1], all[2], short])), none, "without it nothing would start");
    assert_eq!(idle(settings(&[openid, ("AZURE_AUDIENCE", "api://x")])), ["AZURE_AUDIENCE"]);
    let api_only = [all[0], all[1], all[2], ("AZURE_CLIENT_SECRET", "")];
    assert_eq!(idle(settings(&api_only)), ["AZURE_SESSION_KEYS", "AZURE_SESSION_STORE"]);
    assert_eq!(idle(settings(&[("AZURE_POPUP_LOGIN_ENDPOINT", "/window")])), ["AZURE_POPUP_LOGIN_ENDPOINT"]);
    let budget = |changes| Settings { session_cookie_budget: Some(2000), ..settings(changes) };
    assert_eq!(idle(budget(&[])), none);
    assert_eq!(idle(budget(&[("AZURE_SESSION_STORE", "cookie")])), none);
    assert_eq!(idle(budget(&[("AZURE_SESSION_STORE", "memory")])), ["session_cookie_budget"]);
}

#[test]
fn every_work_tenant_is_one_star() {
    let changes = [("AZURE_ISSUER_URI", "https://login.microsoftonline.com/common"), ("AZURE_VALID_TENANT_IDS", "*")];
    assert_eq!(judge(&settings(&changes)).unwrap().tenants, AcceptedTenants::EveryWorkTenant);
}

#[test]
fn lifetimes_and_scopes_in_code_are_checked_too() {
    let judged = |settings: Settings| judge(&settings).err().map(|error| error.problems()[0].variable().to_owned());
    let with = settings(&[]);
    assert_eq!(
        judged(Settings { idle_lifetime: Some(Duration::from_secs(59)), ..with.clone() }).as_deref(),
        Some("idle_lifetime")
    );
    assert_eq!(
        judged(Settings { absolute_lifetime: Some(Duration::from_secs(60)), ..with.clone() }).as_deref(),
        Some("idle_lifetime")
    );
    assert_eq!(judged(Settings { scopes: vec!["a b".to_owned()], ..with.clone() }).as_deref(), Some("scopes"));
    assert_eq!(judged(Settings { trusted_origins: vec!["x".to_owned()], ..with }).as_deref(), Some("trusted_origins"));
}

#[test]
fn who_may_frame_the_application_is_named_and_each_mistake_too() {
    let embedding = |ancestors: &[&str], changes: &[(&str, &str)]| {
        let frame_ancestors = ancestors.iter().map(|text| (*text).to_owned()).collect();
        judge(&Settings { frame_ancestors, ..settings(changes) }).map(|configuration| configuration.embedding)
    };
    assert_eq!(embedding(&[], &[("AZURE_POPUP_LOGIN_ENDPOINT", "/window")]), Ok(None), "off unless somebody is named");
    let on = embedding(&["https://a.example/", "https://*.b.example"], &[("AZURE_POPUP_LOGIN_ENDPOINT", "/window")]);
    let on = on.unwrap().unwrap();
    assert_eq!(on.frame_ancestors, "https://a.example https://*.b.example");
    assert_eq!((on.login.as_str(), on.logout.as_str()), ("/window", "/popup/logout"));

    for (ancestor, changes, words) in [
        ("*", ("", ""), "frame_ancestors: found \"*\": not a web address"),
        ("https://a.example;x", ("", ""), "frame_ancestors: found \"https://a.example;x\": the host is neither"),
        ("https://a.example", ("AZURE_POPUP_LOGIN_ENDPOINT", "window"), "AZURE_POPUP_LOGIN_ENDPOINT: found \"window\""),
        ("https://a.example", ("AZURE_POPUP_LOGOUT_ENDPOINT", "//x"), "AZURE_POPUP_LOGOUT_ENDPOINT: found \"//x\""),
        (
            "https://a.example",
            ("AZURE_POPUP_LOGIN_ENDPOINT", "/logout"),
            "logout_path, AZURE_POPUP_LOGIN_ENDPOINT: found \"/logout\": two of the",
        ),
        (
            "https://a.example",
            ("AZURE_POPUP_LOGIN_ENDPOINT", "/session/embed.js"),
            "AZURE_POPUP_LOGIN_ENDPOINT, session_path: found \"/session/embed.js\": the path is also one below",
        ),
    ] {
        let error = embedding(&[ancestor], &[changes]).expect_err(words);
        let [problem] = error.problems() else { panic!("{error}") };
        assert!(problem.to_string().starts_with(words), "{problem}");
    }
}

#[test]
fn lists_that_say_what_holds_without_them_are_named_with_the_reason() {
    let idle = |changes: &[(&str, &str)], change: &dyn Fn(&mut Settings)| {
        let mut settings = settings(changes);
        change(&mut settings);
        judge(&settings).unwrap().without_effect
    };
    let id = "11111111-aaaa-4bbb-8ccc-222222222222";
    let common = ("AZURE_ISSUER_URI", "https://login.microsoftonline.com/common");
    let other = "55555555-cccc-4ddd-8eee-444444444444";
    for (changes, expected) in [
        (vec![("AZURE_VALID_TENANT_IDS", TENANT.to_owned())], Some("which is accepted without it")),
        (vec![("AZURE_VALID_TENANT_IDS", format!("{TENANT},{other}"))], Some("people of no other sign in")),
        (vec![("AZURE_VALID_TENANT_IDS", "*".to_owned())], Some("people of no other sign in")),
        (vec![(common.0, common.1.to_owned()), ("AZURE_VALID_TENANT_IDS", format!("{TENANT},{other}"))], None),
        (
            vec![(common.0, common.1.to_owned()), ("AZURE_VALID_TENANT_IDS", format!("{TENANT},{TENANT}"))],
            Some("can go"),
        ),
        (vec![("AZURE_AUDIENCE", format!("{id},api://{id}/"))], Some("which are accepted without it")),
        (vec![("AZURE_AUDIENCE", id.to_owned())], None),
        (vec![("AZURE_AUDIENCE", "api://x,api://x/".to_owned())], Some("\"api://x\" can go")),
    ] {
        let changes: Vec<(&str, &str)> = changes.iter().map(|(name, text)| (*name, text.as_str())).collect();
        let found = idle(&changes, &|_| {});
        let (name, _) = changes[changes.len() - 1];
        match expected {
            None => assert_eq!(found, [], "{changes:?}"),
            Some(words) => {
                assert!(
                    matches!(&found[..], [(found, reason)] if *found == name && reason.contains(words)),
                    "{found:?}"
                );
            }
        }
    }
    let in_code = |change: &dyn Fn(&mut Settings)| idle(&[("AZURE_PUBLIC_URL", "https://a.example")], change);
    let own = in_code(&|settings| settings.trusted_origins = vec!["https://a.example".to_owned()]);
    assert!(own[0].0 == "trusted_origins" && own[0].1.contains("the application's own"), "{own:?}");
    let scopes = in_code(&|settings| settings.scopes = vec!["profile".to_owned()]);
    assert!(scopes[0].0 == "scopes" && scopes[0].1.contains("without it"), "{scopes:?}");
    let credentials = in_code(&|settings| settings.has_redis_credentials = true);
    assert!(credentials[0].0 == "redis_credentials" && credentials[0].1.contains("no Redis server"), "{credentials:?}");
    let file = [("AZURE_ISSUER_URI", "http://localhost:8400/contoso.test"), ("AZURE_CA_FILE", "x.pem")];
    assert_eq!(idle(&file, &|_| {}).iter().map(|(name, _)| *name).collect::<Vec<_>>(), ["AZURE_CA_FILE"]);
    let nobody = idle(&[("AZURE_CLIENT_SECRET", "")], &|settings| {
        settings.login_path = Some("/in".to_owned());
        settings.clears_cache = true;
    });
    assert_eq!(nobody.iter().map(|(name, _)| *name).collect::<Vec<_>>(), ["login_path", "clear_cache_at_sign_out"]);
}
