//! A registration as a file for Bicep with its extension for Microsoft Graph.

use std::collections::BTreeMap;
use std::fmt::Write;

use azure_auth_policy::Guid;

use super::bodies;
use super::comments::{comment, consent, head, one_line, permission_names};
use super::issuer::tenant_alias;
use crate::model::registration::application::{ApplicationObject, CLIENT_ID, FederatedCredential, Registration};
use crate::rules::registration::stable_id::{Kind, stable_id};

type Names<'a> = BTreeMap<Guid, &'a str>;

/// The file. The extension is named in `bicepconfig.json`.
pub(crate) fn print(registration: &Registration) -> String {
    let object = &registration.application;
    let names = permission_names(registration);
    let texts = [
        "Beside it, bicepconfig.json:",
        r#"{ "extensions": { "microsoftGraphV1": "br:mcr.microsoft.com/bicep/extensions/microsoftgraph/v1.0:1.0.0" } }"#,
    ];
    let mut file = head("//", registration, &texts);
    file.push_str(&consent("//", object));
    file.push_str("\nextension microsoftGraphV1\n\n");
    file.push_str(&unique_name(object));
    file.push_str("resource application 'Microsoft.Graph/applications@v1.0' = {\n  uniqueName: uniqueName\n");
    file.push_str(&members(&bodies::application(object), &names, 0));
    for (number, credential) in (1..).zip(&registration.federated_credentials) {
        file.push_str(&federated_credential(number, credential));
    }
    file.push_str("}\n");
    if let Some(body) = bodies::completion(object) {
        file.push_str("\n// The same application, once its client id is known and its scopes are there.\n");
        file.push_str("resource completion 'Microsoft.Graph/applications@v1.0' = {\n  uniqueName: uniqueName\n");
        file.push_str("  displayName: application.displayName\n");
        file.push_str(&members(&body, &names, 0).replace(CLIENT_ID, "${application.appId}"));
        file.push_str("}\n");
    }
    file.push_str("\nresource principal 'Microsoft.Graph/servicePrincipals@v1.0' = {\n  appId: application.appId\n}\n");
    file.push_str(&outputs(object));
    file
}

/// By what Bicep finds the application again: nothing else of it stays the same and is known before.
fn unique_name(object: &ApplicationObject) -> String {
    let words = object.display_name.split(|character: char| !character.is_ascii_alphanumeric());
    let name = words.filter(|word| !word.is_empty()).collect::<Vec<_>>().join("-").to_ascii_lowercase();
    // Other letters than these may be all that tells two names apart.
    let whole = stable_id(&object.display_name, Kind::Application, "").to_string();
    let name = format!("{}-{}", if name.is_empty() { "application" } else { &name }, &whole[..8]);
    let mut text = object.app_id.map_or_else(String::new, |id| {
        let set =
            format!("az rest --method PATCH --url \"https://graph.microsoft.com/v1.0/applications(appId='{id}')\"");
        comment("//", "An application that Bicep did not create gets its unique name once:")
            + &comment("//", &format!(r#"{set} --body '{{"uniqueName":"{name}"}}'"#))
    });
    let _ = writeln!(text, "@description('Never changes: a new one is a new application.')");
    let _ = write!(text, "param uniqueName string = '{name}'\n\n");
    text
}

fn federated_credential(number: usize, credential: &FederatedCredential) -> String {
    let body = members(&bodies::pretty(credential), &Names::new(), 1);
    // The name of what belongs to something begins with the name of that.
    let body = body.replacen("name: '", "name: '${application.uniqueName}/", 1);
    format!("\n  resource credential{number} 'federatedIdentityCredentials@v1.0' = {{\n{body}  }}\n")
}

fn outputs(object: &ApplicationObject) -> String {
    let tenant = tenant_alias(object.sign_in_audience).unwrap_or("${tenant().tenantId}");
    format!(
        "\noutput AZURE_CLIENT_ID string = application.appId\n\
         output AZURE_ISSUER_URI string = '${{environment().authentication.loginEndpoint}}{tenant}/v2.0'\n"
    )
}

/// The members of a JSON object of several lines: Bicep has the same lines with other quotes and without commas.
fn members(object: &str, names: &Names<'_>, depth: usize) -> String {
    let lines = object.lines().filter(|line| line.starts_with(' '));
    let indentation = "  ".repeat(depth);
    lines.flat_map(|line| [indentation.clone(), member(line, names), "\n".to_owned()]).collect()
}

fn member(line: &str, names: &Names<'_>) -> String {
    let text = line.trim_start();
    let indentation = &line[..line.len() - text.len()];
    let text = text.strip_suffix(',').unwrap_or(text);
    match text.strip_prefix('"').and_then(|rest| rest.split_once("\": ")) {
        Some((key, of_key)) if is_key(key) => format!("{indentation}{key}: {}", value(of_key, names)),
        _ => format!("{indentation}{}", value(text, names)),
    }
}

/// Inside a text there is a backslash in front of every quote.
fn is_key(text: &str) -> bool {
    text.chars().all(|character| character.is_ascii_alphanumeric())
}

fn value(json: &str, names: &Names<'_>) -> String {
    let Ok(text) = serde_json::from_str::<String>(json) else { return json.to_owned() };
    let name = Guid::parse(&text).and_then(|id| names.get(&id));
    name.map_or_else(|| string(&text), |name| format!("{} // {}", string(&text), one_line(name)))
}

/// One text, whatever is in it.
fn string(text: &str) -> String {
    let mut quoted = String::from("'");
    let mut characters = text.chars().peekable();
    while let Some(character) = characters.next() {
        match character {
            '\'' | '\\' => quoted.extend(['\\', character]),
            '$' if characters.peek() == Some(&'{') => quoted.push_str("\\$"),
            '\n' => quoted.push_str("\\n"),
            '\r' => quoted.push_str("\\r"),
            '\t' => quoted.push_str("\\t"),
            _ if character.is_control() || matches!(character, '\u{2028}' | '\u{2029}') => {
                let _ = write!(quoted, "\\u{{{:x}}}", u32::from(character));
            }
            _ => quoted.push(character),
        }
    }
    quoted.push('\'');
    quoted
}
