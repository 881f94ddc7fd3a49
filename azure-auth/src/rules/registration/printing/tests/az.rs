use std::fs;
use std::path::PathBuf;
use std::process::{Command, Output};

use serde_json::{Value, json};

use super::{examples, without_nothing};
use crate::model::registration::application::Registration;
use crate::rules::registration::printing::az::print;

/// The Azure CLI of a directory: it notes what it is asked, and answers as on Windows. `application`, `principal` and
/// `credentials` are what the directory has.
const AZ: &str = r#"#!/usr/bin/env bash
set -euo pipefail
cd "$DIRECTORY"
call="calls/$(printf '%03d' "$(find calls -name '*.arguments' | wc -l)")"
printf '%s\0' "$@" >"$call.arguments"
case "$*" in *" --body @- "*) cat >"$call.body" ;; esac
graph=https://graph.microsoft.com/v1.0/applications
answer() { sed 's/$/\r/' "$1" 2>/dev/null || true; }
case "$*" in
  "cloud show --query endpoints.microsoftGraphResourceId "*) printf 'https://graph.microsoft.com/\r\n' ;;
  "cloud show --query endpoints.activeDirectory "*) printf 'https://login.microsoftonline.com\r\n' ;;
  "account show --query tenantId "*) printf 'the-tenant\r\n' ;;
  "ad app list "*) answer application ;;
  "ad app show "*) test -e application ;;
  "ad sp list "*) answer principal ;;
  "ad sp create "*) echo the-principal >principal ;;
  "rest --method POST --url $graph "*) echo the-client >application; answer application ;;
  "rest --method PATCH --url $graph(appId='the-client') "*) ;;
  "rest --method PATCH --url $graph(appId='11111111-0000-4000-8000-00000000000a') "*) ;;
  "rest --method GET --url $graph(appId='the-client')/federatedIdentityCredentials "*) answer credentials ;;
  "rest --method POST --url $graph(appId='the-client')/federatedIdentityCredentials "*)
    sed -n 's/^  "name": "\(.*\)",$/\1/p' "$call.body" >>credentials ;;
  *) echo "unknown: $*" >&2; exit 1 ;;
esac
"#;

/// A folder that is gone with the test.
struct Directory(PathBuf);

/// One call of the Azure CLI.
#[derive(Debug)]
struct Call {
    arguments: Vec<String>,
    body: Option<Value>,
}

impl Directory {
    fn new(test: &str) -> Self {
        let folder = std::env::temp_dir().join(format!("azure-auth-az-{test}-{}", std::process::id()));
        fs::create_dir_all(folder.join("calls")).unwrap();
        fs::write(folder.join("az"), AZ).unwrap();
        assert!(Command::new("chmod").arg("+x").arg(folder.join("az")).status().unwrap().success());
        Self(folder)
    }

    /// Runs a script and gives what it wrote, and its calls.
    fn run(&self, script: &str) -> (Output, Vec<Call>) {
        let (file, calls) = (self.0.join("register.sh"), self.0.join("calls"));
        fs::write(&file, script).unwrap();
        fs::remove_dir_all(&calls).unwrap();
        fs::create_dir(&calls).unwrap();
        let path = format!("{}:{}", self.0.display(), std::env::var("PATH").unwrap());
        let output = Command::new("bash").arg(file).env("PATH", path).env("DIRECTORY", &self.0).output().unwrap();
        let numbers = (0..).map_while(|number| {
            let arguments = fs::read_to_string(calls.join(format!("{number:03}.arguments"))).ok()?;
            let body = fs::read_to_string(calls.join(format!("{number:03}.body"))).ok();
            Some(Call {
                arguments: arguments.split_terminator('\0').map(str::to_owned).collect(),
                body: body.map(|body| serde_json::from_str(&body).unwrap()),
            })
        });
        (output, numbers.collect())
    }

    fn has(&self, file: &str, text: &str) {
        fs::write(self.0.join(file), text).unwrap();
    }
}

impl Drop for Directory {
    fn drop(&mut self) {
        let _ = fs::remove_dir_all(&self.0);
    }
}

/// What is sent, as `METHOD path of Graph` with its body.
fn sent(calls: &[Call]) -> Vec<(String, Value)> {
    let written = calls.iter().filter_map(|call| Some((call, call.body.clone()?)));
    let written = written.map(|(call, body)| {
        let [rest, method_flag, method, url_flag, url, ..] = call.arguments.as_slice() else { panic!("{call:?}") };
        assert_eq!([rest, method_flag, url_flag], ["rest", "--method", "--url"]);
        let path = url.strip_prefix("https://graph.microsoft.com/v1.0/").unwrap();
        (format!("{method} {path}"), body)
    });
    written.collect()
}

fn creations(calls: &[Call]) -> usize {
    let creates = |call: &&Call| call.arguments.iter().any(|argument| argument == "POST" || argument == "create");
    calls.iter().filter(creates).count()
}

fn text(output: &[u8]) -> String {
    String::from_utf8(output.to_vec()).unwrap()
}

#[test]
fn every_script_is_one_for_the_shell() {
    for (name, example) in examples::all() {
        let check = Command::new("bash").args(["-n", "-c", &print(&example)]).output().unwrap();
        assert!(check.status.success() && check.stderr.is_empty(), "{name}: {check:?}");
    }
}

#[test]
fn a_new_application_is_created_with_everything() {
    let registration = examples::complete();
    let directory = Directory::new("new");
    let (output, calls) = directory.run(&print(&registration));
    assert!(output.status.success(), "{output:?}");

    let object = &registration.application;
    let mut expected = json!(object);
    let clients = expected["api"].as_object_mut().unwrap().remove("preAuthorizedApplications").unwrap();
    expected.as_object_mut().unwrap().remove("identifierUris").unwrap();
    let identifier_uris = json!(["api://the-client", "https://contoso.com/tasks"]);
    let completion = json!({"identifierUris": identifier_uris, "api": {"preAuthorizedApplications": clients}});
    let credentials = "POST applications(appId='the-client')/federatedIdentityCredentials";
    assert_eq!(
        sent(&calls),
        [
            ("POST applications".to_owned(), expected),
            ("PATCH applications(appId='the-client')".to_owned(), completion),
            (credentials.to_owned(), json!(registration.federated_credentials[0])),
            (credentials.to_owned(), json!(registration.federated_credentials[1])),
        ]
    );

    let search = calls.iter().find(|call| call.arguments.starts_with(&["ad", "app", "list"].map(str::to_owned)));
    let filter = format!("displayName eq '{}'", object.display_name.replace('\'', "''"));
    assert_eq!(search.unwrap().arguments[4], filter);
    assert_eq!(creations(&calls), 4, "with the service principal");
    assert_eq!(
        text(&output.stdout),
        "AZURE_CLIENT_ID=the-client\n\
         AZURE_ISSUER_URI=https://login.microsoftonline.com/the-tenant/v2.0\n\
         # Left, for an administrator: az ad app permission admin-consent --id the-client\n"
    );
}

#[test]
fn a_second_run_creates_nothing() {
    let registration = examples::complete();
    let directory = Directory::new("again");
    let (first, calls) = directory.run(&print(&registration));
    let created = sent(&calls);
    let (refused, calls) = directory.run(&print(&registration));
    assert_eq!((refused.status.code(), sent(&calls)), (Some(1), Vec::new()), "nothing is written over without a word");
    assert!(text(&refused.stderr).contains("run this again with UPDATE=the-client"), "{refused:?}");
    let (second, calls) = directory.run(&format!("UPDATE=the-client\n{}", print(&registration)));
    assert!(second.status.success(), "{second:?}");
    assert_eq!(creations(&calls), 0, "{calls:?}");
    let updated = sent(&calls);
    let requests: Vec<&str> = updated.iter().map(|(request, _)| request.as_str()).collect();
    assert_eq!(requests, ["PATCH applications(appId='the-client')"; 2]);
    assert_eq!([&updated[0].1, &updated[1].1], [&created[0].1, &created[1].1], "with the same bodies");
    assert_eq!(text(&second.stdout), text(&first.stdout));
}

#[test]
fn what_is_missing_beside_an_application_is_added() {
    let directory = Directory::new("beside");
    directory.has("application", "the-client\n");
    directory.has("credentials", "another\ngithub\n");
    let (output, calls) = directory.run(&format!("UPDATE=the-client\n{}", print(&examples::complete())));
    assert!(output.status.success(), "{output:?}");
    assert_eq!(creations(&calls), 2, "the service principal and the other credential: {calls:?}");
    assert_eq!(sent(&calls)[2].1["name"], "1-cluster_a");
}

#[test]
fn an_application_that_is_known_is_updated() {
    let registration = examples::registered();
    let directory = Directory::new("known");
    let id = examples::id(0xA).to_string();
    directory.has("application", &format!("{id}\n"));
    directory.has("principal", "the-principal\n");
    let (output, calls) = directory.run(&format!("UPDATE={id}\n{}", print(&registration)));
    assert!(output.status.success(), "{output:?}");
    let mut expected = json!(registration.application);
    expected.as_object_mut().unwrap().remove("appId").unwrap();
    expected["identifierUris"] = json!([format!("api://{id}")]);
    assert_eq!(sent(&calls), [(format!("PATCH applications(appId='{id}')"), without_nothing(&expected))]);
    assert!(text(&output.stdout).contains("AZURE_ISSUER_URI=https://login.microsoftonline.com/organizations/v2.0\n"));
}

#[test]
fn nothing_is_sent_where_it_is_not_clear_to_what() {
    for (test, registration, applications, message) in [
        ("unknown", examples::registered(), "", "tenant the-tenant has no application 11111111-"),
        ("several", examples::minimal(), "one\ntwo\n", "several applications have this name"),
        (
            "another-tenant",
            Registration { tenant: Some(examples::id(1)), ..examples::minimal() },
            "",
            "az is signed in to",
        ),
    ] {
        let directory = Directory::new(test);
        directory.has("application", applications);
        let (output, calls) = directory.run(&print(&registration));
        assert_eq!(output.status.code(), Some(1), "{test}");
        assert!(text(&output.stderr).starts_with(message), "{test}: {output:?}");
        assert!(sent(&calls).is_empty() && creations(&calls) == 0 && output.stdout.is_empty(), "{test}: {calls:?}");
    }
}
