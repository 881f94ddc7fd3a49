//! A text that is to be an application object.

use serde_json::Value;
use thiserror::Error;

/// Why a text is not an application object.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Error)]
#[error("found {found}, expected one application object of Microsoft Graph; {remedy}")]
pub(crate) struct NotAnApplication {
    found: &'static str,
    remedy: &'static str,
}

const SHOW: &str = "write `az ad app show --id <client id> > application.json`";

/// Members of which every application object has one, in Microsoft Graph or in the retired manifest.
const MEMBERS: [&str; 9] = [
    "signInAudience",
    "web",
    "spa",
    "api",
    "appRoles",
    "requiredResourceAccess",
    "identifierUris",
    "replyUrlsWithType",
    "oauth2Permissions",
];

/// The object in a text. A byte order mark in front of it is left by some shells.
pub(crate) fn read(text: &str) -> Result<Value, NotAnApplication> {
    let text = text.trim_start_matches('\u{feff}').trim();
    let is = |found, remedy| Err(NotAnApplication { found, remedy });
    let Ok(value) = serde_json::from_str::<Value>(text) else {
        return match text.as_bytes().first() {
            None => is("nothing", SHOW),
            Some(b'<') => is("a page in HTML", "sign in with `az login`, and look at the address that was asked"),
            Some(b'{' | b'[') => is("JSON that breaks off or is not valid", SHOW),
            Some(_) if text.starts_with("ERROR") => {
                is("an error of `az`", "read what it says, and sign in with `az login`")
            }
            Some(_) => is("a text that is not JSON", SHOW),
        };
    };
    let Some(object) = value.as_object() else {
        return if value.is_array() { is("a list", SHOW) } else { is("JSON that is not an object", SHOW) };
    };
    if object.contains_key("error") || object.contains_key("odata.error") {
        return is(
            "an error of Microsoft Graph",
            "read what it says: the application or the right to read it is missing",
        );
    }
    if object.get("value").is_some_and(Value::is_array) {
        return is("a list of Microsoft Graph", SHOW);
    }
    if object.contains_key("servicePrincipalType") {
        return is("a service principal, which is the application in one tenant", SHOW);
    }
    if !MEMBERS.iter().any(|member| object.contains_key(*member)) {
        return is("an object of another kind", SHOW);
    }
    Ok(value)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn what_is_not_an_application_object_is_told_by_what_it_is() {
        for (text, expected) in [
            ("", "nothing"),
            (" \n", "nothing"),
            ("<!doctype html><title>Sign in</title>", "a page in HTML"),
            ("ERROR: Resource 'x' does not exist", "an error of `az`"),
            ("Please run 'az login'", "a text that is not JSON"),
            ("{\"appId\": ", "JSON that breaks off or is not valid"),
            ("[{\"appId\": \"1\", \"web\": {}}]", "a list"),
            ("null", "JSON that is not an object"),
            ("{\"error\": {\"code\": \"Request_ResourceNotFound\"}}", "an error of Microsoft Graph"),
            ("{\"value\": []}", "a list of Microsoft Graph"),
            ("{\"appId\": \"1\", \"servicePrincipalType\": \"Application\", \"appRoles\": []}", "a service principal"),
            ("{\"appId\": \"1\", \"displayName\": \"tasks\"}", "an object of another kind"),
            ("{}", "an object of another kind"),
        ] {
            let error = read(text).unwrap_err().to_string();
            assert!(error.starts_with(&format!("found {expected}")), "{text}: {error}");
            assert!(error.contains("expected one application object of Microsoft Graph; "), "{error}");
        }
    }

    #[test]
    fn an_application_object_is_taken_with_a_mark_in_front_of_it() {
        for text in
            ["{\"web\": {}}", "\u{feff}{\"signInAudience\": \"AzureADMyOrg\"}\r\n", "{\"replyUrlsWithType\": []}"]
        {
            assert!(read(text).is_ok(), "{text}");
        }
    }
}
