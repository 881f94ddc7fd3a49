//! A registration as a script for the Azure CLI, which may be run again.

use azure_auth_policy::Guid;

use super::bodies;
use super::comments::{head, needs_consent, permission_list};
use super::issuer::tenant_alias;
use crate::model::registration::application::{FederatedCredential, Registration};

/// Where the Azure CLI is signed in, and what the rest of the script speaks with.
const BEGINNING: &str = r#"set -euo pipefail

# On Windows the Azure CLI ends lines with a carriage return as well.
ask() { az "$@" --output tsv | tr -d '\r'; }
# send METHOD ADDRESS: the body comes from the standard input.
send() { az rest --method "$1" --url "$2" --headers Content-Type=application/json --body @- --output none; }

graph="$(ask cloud show --query endpoints.microsoftGraphResourceId)"
graph="${graph%/}/v1.0"
authority="$(ask cloud show --query endpoints.activeDirectory)"
authority="${authority%/}"
tenant="$(ask account show --query tenantId)"

# What is there may be somebody else's, or have more than the program knows: nothing is written over without a word.
keep_others() {
  if [[ -n "$1" && "${UPDATE:-}" != "$1" ]]; then
    echo "There is an application $1 already. Its redirect URIs, scopes, app roles, permissions and optional claims would be" >&2
    echo "replaced by those of this script. Compare them first: az ad app show --id $1 | <program> --auth-registration=check -" >&2
    echo "Then run this again with UPDATE=$1" >&2
    exit 1
  fi
}
"#;

/// With the client id of the application in `$client_id`, which is empty where there is none.
const CREATE: &str = r#"
if [[ "$client_id" == *$'\n'* ]]; then
  echo "several applications have this name; say which one is meant with its client id" >&2
  exit 1
fi
keep_others "$client_id"
if [[ -z "$client_id" ]]; then
  client_id="$(application | ask rest --method POST --url "$graph/applications" \
    --headers Content-Type=application/json --body @- --query appId)"
  # It is not everywhere at once.
  for _ in 1 2 3 4 5 6 7 8 9 10; do
    if az ad app show --id "$client_id" --output none 2>/dev/null; then break; fi
    sleep 3
  done
else
  application | send PATCH "$graph/applications(appId='$client_id')"
fi
"#;

const UPDATE: &str = r#"
found="$(ask ad app list --filter "appId eq '$client_id'" --query '[].appId')"
if [[ -z "$found" ]]; then
  echo "tenant $tenant has no application $client_id" >&2
  exit 1
fi
keep_others "$client_id"
application | send PATCH "$graph/applications(appId='$client_id')"
"#;

const COMPLETE: &str =
    r#"sed "s/{appId}/$client_id/g" <<'JSON' | send PATCH "$graph/applications(appId='$client_id')""#;

const CONSENT: &str = "echo \"# Left, for an administrator: az ad app permission admin-consent --id $client_id\"\n";

const SERVICE_PRINCIPAL: &str = r#"
principal="$(ask ad sp list --filter "appId eq '$client_id'" --query '[].id')"
if [[ -z "$principal" ]]; then
  az ad sp create --id "$client_id" --output none
fi
"#;

/// The script. What it writes to its standard output are variables for the program.
pub(crate) fn print(registration: &Registration) -> String {
    let object = &registration.application;
    let texts = [
        "Needs the Azure CLI, signed in by somebody who may register applications. It makes an application, and changes one that \
                  there is only where UPDATE names it.",
    ];
    let names = permission_list(registration);
    let application = format!("application() {{\n{}}}\n", here("  cat <<'JSON'", &bodies::application(object)));
    let find = match object.app_id {
        Some(id) => format!("client_id={}\n{UPDATE}", quoted(&id.to_string())),
        None => format!("{}{CREATE}", by_name(&object.display_name)),
    };
    let completion = bodies::completion(object).map_or_else(String::new, |body| format!("\n{}", here(COMPLETE, &body)));
    let head = head("#", registration, &texts) + "\n";
    let tenant = registration.tenant.map_or_else(String::new, of_tenant);
    format!(
        "#!/usr/bin/env bash\n{head}{BEGINNING}{tenant}\n{names}{application}\n{find}{completion}{SERVICE_PRINCIPAL}{}{}",
        federated_credentials(&registration.federated_credentials),
        end(registration),
    )
}

/// The program signs people of one tenant in, and an application of another one is none of it.
fn of_tenant(tenant: Guid) -> String {
    format!(
        "if [[ \"$tenant\" != {tenant} ]]; then\n  echo \"az is signed in to the tenant $tenant, and the program is of {tenant}\" \
         >&2\n  exit 1\nfi\n"
    )
}

fn by_name(display_name: &str) -> String {
    let filter = format!("displayName eq '{}'", display_name.replace('\'', "''"));
    format!("client_id=\"$(ask ad app list --filter {} --query '[].appId')\"\n", quoted(&filter))
}

/// Those that are there already stay as they are.
fn federated_credentials(credentials: &[FederatedCredential]) -> String {
    if credentials.is_empty() {
        return String::new();
    }
    let address = "credentials=\"$graph/applications(appId='$client_id')/federatedIdentityCredentials\"";
    let names = "names=\"$(ask rest --method GET --url \"$credentials\" --query 'value[].name')\"";
    let each = credentials.iter().map(|credential| {
        let (name, body) =
            (quoted(&credential.name), here("  send POST \"$credentials\" <<'JSON'", &bodies::pretty(credential)));
        format!("if ! grep -Fxq -e {name} <<<\"$names\"; then\n{body}fi\n")
    });
    format!("\n{address}\n{names}\n{}", each.collect::<String>())
}

/// What the program is told, and what is left.
fn end(registration: &Registration) -> String {
    let object = &registration.application;
    let tenant = tenant_alias(object.sign_in_audience).unwrap_or("$tenant");
    let variables =
        format!("\necho \"AZURE_CLIENT_ID=$client_id\"\necho \"AZURE_ISSUER_URI=$authority/{tenant}/v2.0\"\n");
    let consent = if needs_consent(object) { CONSENT } else { "" };
    format!("{variables}{consent}")
}

/// A command with `<<'JSON'` in it, whose standard input is a JSON body. No line of it is a word alone, so none ends it
/// early, and the quotes around the word keep the shell from looking for anything in it.
fn here(command: &str, body: &str) -> String {
    format!("{command}\n{}\nJSON\n", in_ascii(body))
}

/// The same JSON in every encoding that the Azure CLI may read its standard input with.
fn in_ascii(body: &str) -> String {
    let mut text = String::with_capacity(body.len());
    for character in body.chars() {
        if character.is_ascii() {
            text.push(character);
        } else {
            let mut units = [0; 2];
            text.extend(character.encode_utf16(&mut units).iter().map(|unit| format!("\\u{unit:04x}")));
        }
    }
    text
}

/// One word of the shell, whatever is in it.
fn quoted(text: &str) -> String {
    format!("'{}'", text.replace('\'', r"'\''"))
}
