use serde_json::{Value, json};

use super::{examples, without_nothing};
use crate::model::registration::application::Registration;
use crate::rules::registration::printing::graph::print;

/// One request of a file: what it asks for, its own lines of comments not counted.
struct Request<'f> {
    line: &'f str,
    body: Value,
}

fn requests(file: &str) -> Vec<Request<'_>> {
    let request = |part| {
        let (head, body): (&str, &str) = str::split_once(part, "\n\n").unwrap();
        let mut lines = head.lines().skip(1).filter(|line| !line.starts_with('#'));
        let line = lines.next().unwrap();
        assert_eq!(
            lines.collect::<Vec<_>>(),
            ["Authorization: Bearer {{token}}", "Content-Type: application/json"],
            "{line}"
        );
        Request { line, body: serde_json::from_str(body).unwrap() }
    };
    file.split("\n### ").skip(1).map(request).collect()
}

pub(super) fn display_name(registration: &Registration) -> Value {
    requests(&print(registration))[0].body["displayName"].clone()
}

#[test]
fn an_application_is_created_and_then_completed() {
    let registration = examples::complete();
    let file = print(&registration);
    let found = requests(&file);
    let graph = "https://graph.microsoft.com/v1.0";
    let application = format!("{graph}/applications(appId='{{{{clientId}}}}')");
    let lines: Vec<&str> = found.iter().map(|request| request.line).collect();
    let credentials = format!("POST {application}/federatedIdentityCredentials");
    assert_eq!(
        lines,
        [
            &format!("POST {graph}/applications"),
            &format!("PATCH {application}"),
            &format!("POST {graph}/servicePrincipals"),
            &credentials,
            &credentials,
        ]
    );

    let mut expected = json!(registration.application);
    let clients = expected["api"].as_object_mut().unwrap().remove("preAuthorizedApplications").unwrap();
    expected.as_object_mut().unwrap().remove("identifierUris").unwrap();
    assert_eq!(found[0].body, expected);
    let identifier_uris = json!(["api://{{clientId}}", "https://contoso.com/tasks"]);
    let completion = json!({"identifierUris": identifier_uris, "api": {"preAuthorizedApplications": clients}});
    assert_eq!(found[1].body, completion);
    assert_eq!(found[2].body, json!({"appId": "{{clientId}}"}));
    assert_eq!(found[3].body, json!(registration.federated_credentials[0]));
    assert_eq!(found[4].body, json!(registration.federated_credentials[1]));
}

#[test]
fn an_application_that_is_known_is_updated_with_one_request() {
    let registration = examples::registered();
    let file = print(&registration);
    let found = requests(&file);
    assert!(file.contains(&format!("\n@clientId = {}\n", examples::id(0xA))));
    assert_eq!(found.len(), 2);
    assert!(found[0].line.starts_with("PATCH "), "{}", found[0].line);
    let mut expected = json!(registration.application);
    expected.as_object_mut().unwrap().remove("appId").unwrap();
    expected["identifierUris"] = json!([format!("api://{}", examples::id(0xA))]);
    assert_eq!(found[0].body, without_nothing(&expected));
}

#[test]
fn variables_are_those_of_the_file() {
    let file = print(&examples::complete());
    let code: String = file.lines().filter(|line| !line.starts_with('#')).collect();
    let names: Vec<&str> = code.split("{{").skip(1).map(|rest| rest.split_once("}}").unwrap().0).collect();
    assert!(!names.is_empty());
    let known = ["token", "clientId", "application.response.body.$.appId"];
    let foreign = names.into_iter().filter(|name| !known.contains(name));
    assert_eq!(foreign.collect::<Vec<_>>(), [""; 0]);
    assert_eq!(code.matches("{{token}}").count(), 5, "once for each request");
}
