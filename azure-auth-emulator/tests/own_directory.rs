//! An application's own scopes, roles and groups, in a few words.

use azure_auth_emulator::{Application, Emulator, StartError, User};
use base64::Engine;
use base64::engine::general_purpose::URL_SAFE_NO_PAD;
use serde_json::{Value, json};

fn claims(token: &str) -> Value {
    serde_json::from_slice(&URL_SAFE_NO_PAD.decode(token.split('.').nth(1).unwrap()).unwrap()).unwrap()
}

const AGENTS: &str = "12345678-0000-4000-8000-000000000001";

#[tokio::test]
async fn what_an_application_asks_for_is_added_in_one_line_each_and_what_was_there_stays() {
    let emulator = Emulator::builder()
        .scopes(["Tickets.Read", "Tickets.Close"])
        .assign("adele@contoso.test", "Agent")
        .grant("Local daemon", "Tickets.Read.All")
        .user(User::new("Nestor Wilke", "nestor@contoso.test"))
        .assign("nestor@contoso.test", "Agent")
        .group(AGENTS, "Agents")
        .member("nestor@contoso.test", AGENTS)
        .start()
        .await
        .unwrap();
    let builder = || emulator.access_token();
    for (builder, claim, expected) in [
        (builder().user("nestor@contoso.test").scope("Tickets.Close"), "scp", json!("Tickets.Close")),
        (builder().user("nestor@contoso.test"), "roles", json!(["Agent"])),
        (builder().user("nestor@contoso.test"), "groups", json!([AGENTS])),
        (builder().user("adele@contoso.test"), "roles", json!(["Admin", "Agent"])),
        (builder().user("adele@contoso.test"), "scp", json!("Files.Read")),
        (builder().user("alex@contoso.test"), "roles", Value::Null),
        (builder().application("Local daemon"), "roles", json!(["Files.Read.All", "Tickets.Read.All"])),
        (builder().application("Local tool"), "roles", Value::Null),
    ] {
        assert_eq!(claims(&builder.issue()).get(claim).unwrap_or(&Value::Null), &expected, "{claim}");
    }
    let directory = emulator.directory();
    for name in ["Tickets.Read", "Tickets.Close", "Agent", "Tickets.Read.All", AGENTS, "Files.Read", "Admin"] {
        assert!(directory.defines(name), "{name}");
    }
    for name in ["tickets.read", "Tickets.Raed", "nestor@contoso.test", "Agents", "openid", ""] {
        assert!(!directory.defines(name), "{name}");
    }
}

#[tokio::test]
async fn what_is_added_twice_is_there_once() {
    let emulator = Emulator::builder()
        .scopes(["Files.Read"])
        .assign("adele@contoso.test", "Admin")
        .grant("Local daemon", "Files.Read.All")
        .member("adele@contoso.test", "cccccccc-0000-4000-8000-000000000001")
        .group("cccccccc-0000-4000-8000-000000000001", "Staff")
        .start()
        .await
        .unwrap();
    let person = claims(&emulator.access_token().issue());
    let groups = json!(["cccccccc-0000-4000-8000-000000000001"]);
    assert_eq!((&person["roles"], &person["groups"]), (&json!(["Admin"]), &groups));
    let daemon = claims(&emulator.access_token().application("Local daemon").issue());
    assert_eq!(daemon["roles"], json!(["Files.Read.All"]));
    let http = reqwest::Client::builder().no_proxy().tls_certs_only([]).build().unwrap();
    let page = http.get(emulator.origin()).send().await.unwrap().text().await.unwrap();
    assert!(page.contains("Scopes: <code>Files.Read Files.ReadWrite</code>"), "{page}");
    assert_eq!(page.matches("Group Staff").count(), 1);
}

#[tokio::test]
async fn additions_are_for_an_application_of_ones_own_where_there_is_one() {
    let desk = Application::new("Help desk").scope("Tickets.Read");
    let builder = Emulator::builder().application(desk).scopes(["Tickets.Close"]).assign("alex@contoso.test", "Agent");
    let emulator = builder.start().await.unwrap();
    let desk = &emulator.directory().applications()[0];
    let token = emulator.access_token().user("alex@contoso.test").scope("Tickets.Close").issue();
    assert_eq!((&claims(&token)["aud"], &claims(&token)["roles"]), (&json!(desk.application_id()), &json!(["Agent"])));
    let other =
        emulator.access_token().audience(emulator.directory().applications()[1].uri()).user("alex@contoso.test");
    assert_eq!(claims(&other.clone().issue()).get("roles"), None, "Agent is a role of the help desk");
    assert!(other.scope("Tickets.Close").try_issue().is_err(), "and so is its scope");
}

#[tokio::test]
async fn an_unknown_person_or_application_is_named_at_start() {
    let starts = |builder: azure_auth_emulator::EmulatorBuilder| async { builder.start().await.unwrap_err() };
    for builder in
        [Emulator::builder().assign("adel@contoso.test", "A"), Emulator::builder().member("adel@contoso.test", AGENTS)]
    {
        let error = starts(builder).await;
        assert!(matches!(&error, StartError::UnknownUser { found, .. } if found == "adel@contoso.test"), "{error}");
        assert!(error.to_string().contains("; name one of adele@contoso.test, "), "{error}");
    }
    let error = starts(Emulator::builder().grant("Local deamon", "A")).await;
    assert!(matches!(&error, StartError::UnknownApplication { found, .. } if found == "Local deamon"), "{error}");
    assert!(error.to_string().contains("; name one of Local application, Local daemon, Local tool"), "{error}");
}

#[tokio::test]
async fn a_permission_of_graph_that_is_newer_than_the_list_can_be_named() {
    let emulator = Emulator::builder().graph_permission("Moon.Read").start().await.unwrap();
    let http = reqwest::Client::builder().redirect(reqwest::redirect::Policy::none()).no_proxy().tls_certs_only([]);
    let http = http.build().unwrap();
    for (scope, is_known) in
        [("openid Moon.Read", true), ("https://graph.microsoft.com/moon.read", true), ("Mars.Read", false)]
    {
        let form = [
            ("client_id", emulator.directory().applications()[0].application_id()),
            ("redirect_uri", "http://localhost:3000/authorization-code/callback"),
            ("response_type", "code"),
            ("scope", scope),
            ("account", "adele@contoso.test"),
            ("consent", "1"),
        ];
        let address = format!("{}/contoso.test/oauth2/v2.0/authorize", emulator.origin());
        let answer = http.post(address).form(&form).send().await.unwrap();
        let location = answer.headers()["location"].to_str().unwrap();
        assert_eq!(location.contains("code="), is_known, "{scope}: {location}");
    }
}
