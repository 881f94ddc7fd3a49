//! A registration as requests to Microsoft Graph, in a file that HTTP clients of editors send one by one.

use std::fmt::Write;

use serde_json::json;

use super::bodies;
use super::comments::{comment, consent, head, one_line, permission_list};
use crate::model::registration::application::{CLIENT_ID, Registration};

const GRAPH: &str = "https://graph.microsoft.com/v1.0";
const APPLICATION: &str = "/applications(appId='{{clientId}}')";

/// The requests that create the application, or update it where its client id is known.
pub(crate) fn print(registration: &Registration) -> String {
    let object = &registration.application;
    let mut file = head("#", registration, &["Send these requests to Microsoft Graph in this order."]);
    file.push_str(&consent("#", object));
    file.push_str(&comment("#", "The token: az account get-access-token --resource-type ms-graph --query accessToken"));
    let client_id =
        object.app_id.map_or_else(|| "{{application.response.body.$.appId}}".to_owned(), |id| id.to_string());
    let _ = write!(file, "\n@token = <access token>\n@clientId = {client_id}\n");

    let (title, method, path) = match object.app_id {
        None => ("Create the application\n# @name application", "POST", "/applications"),
        Some(_) => ("Bring the application up to date", "PATCH", APPLICATION),
    };
    let names = permission_list(registration);
    file.push_str(&request(
        &format!("{title}\n{names}"),
        method,
        path,
        &without_variables(&bodies::application(object)),
    ));
    if let Some(body) = bodies::completion(object) {
        let body = without_variables(&body).replace(CLIENT_ID, "{{clientId}}");
        file.push_str(&request("Add what needs the client id, or the scopes", "PATCH", APPLICATION, &body));
    }

    let principal = bodies::pretty(&json!({ "appId": "{{clientId}}" }));
    let title = "Add the service principal, unless the answer is that it is there";
    file.push_str(&request(title, "POST", "/servicePrincipals", &principal));
    for credential in &registration.federated_credentials {
        let title = format!("Trust tokens: {}", one_line(&credential.name));
        let body = without_variables(&bodies::pretty(credential));
        file.push_str(&request(&title, "POST", &format!("{APPLICATION}/federatedIdentityCredentials"), &body));
    }
    file
}

fn request(title: &str, method: &str, path: &str, body: &str) -> String {
    let title = title.trim_end();
    format!(
        "\n### {title}\n{method} {GRAPH}{path}\nAuthorization: Bearer {{{{token}}}}\nContent-Type: application/json\n\n{body}\n"
    )
}

/// Two braces begin a variable. In JSON of several lines they are beside each other in texts alone.
fn without_variables(body: &str) -> String {
    body.replace("{{", "\\u007b\\u007b")
}
