//! What is printed is reviewed, in the files of this folder, and is what the tools that read it take it for.

#[cfg(unix)]
mod az;
mod bicep;
mod examples;
mod graph;
mod terraform;

use std::fs;
use std::path::Path;

use proptest::prelude::*;
use serde_json::{Value, json};

use crate::model::registration::application::{ApplicationObject, Registration, SignInAudience};
use crate::rules::registration::printing;

/// The object without lists that have nothing in them, which no request has.
fn without_nothing(object: &Value) -> Value {
    let mut object = object.clone();
    let members = object.as_object_mut().unwrap();
    for name in ["appRoles", "requiredResourceAccess", "identifierUris"] {
        if members.get(name).is_some_and(|list| list == &json!([])) {
            members.remove(name);
        }
    }
    for name in ["spa", "publicClient"] {
        if members.get(name).is_some_and(|platform| platform == &json!({"redirectUris": []})) {
            members.remove(name);
        }
    }
    let api = members["api"].as_object_mut().unwrap();
    api.retain(|_, member| member != &json!([]));
    object
}

type Print = fn(&Registration) -> String;

/// What is at the end of a file, and how each is printed.
const LANGUAGES: [(&str, Print); 4] = [
    ("sh", printing::az::print),
    ("bicep", printing::bicep::print),
    ("http", printing::graph::print),
    ("tf", printing::terraform::print),
];

/// `AZURE_AUTH_UPDATE_DOCUMENTS=1` writes the files anew.
#[test]
fn registrations_are_printed_as_reviewed() {
    let folder = Path::new(env!("CARGO_MANIFEST_DIR")).join("src/rules/registration/printing/tests");
    for (name, example) in examples::all() {
        for (ending, print) in LANGUAGES {
            let reviewed = folder.join(format!("{name}.{ending}"));
            let printed = print(&example);
            if std::env::var_os("AZURE_AUTH_UPDATE_DOCUMENTS").is_some() {
                fs::write(&reviewed, &printed).unwrap();
            }
            let reviewed_text = fs::read_to_string(&reviewed).unwrap_or_default();
            assert!(
                printed == reviewed_text,
                "review {}, and run this test with AZURE_AUTH_UPDATE_DOCUMENTS=1:\n{printed}",
                reviewed.display()
            );
        }
    }
}

#[test]
fn the_issuer_is_that_of_the_accounts_that_sign_in() {
    for (sign_in_audience, [bicep, az, terraform], consents) in [
        (
            SignInAudience::OneTenant,
            ["${tenant().tenantId}", "$tenant", "${data.azuread_client_config.current.tenant_id}"],
            true,
        ),
        (SignInAudience::WorkTenants, ["organizations"; 3], true),
        (SignInAudience::Everybody, ["common"; 3], true),
        (SignInAudience::PersonalAccounts, ["consumers"; 3], false),
    ] {
        let registered = examples::registered();
        let application = ApplicationObject { sign_in_audience, ..registered.application };
        let registration = Registration { application, ..registered };
        for (issuer, print) in [
            (format!("'${{environment().authentication.loginEndpoint}}{bicep}/v2.0'"), printing::bicep::print as Print),
            (format!("AZURE_ISSUER_URI=$authority/{az}/v2.0\""), printing::az::print),
            (format!("\"https://login.microsoftonline.com/{terraform}/v2.0\""), printing::terraform::print),
        ] {
            assert!(print(&registration).contains(&issuer), "{issuer}");
        }
        for (ending, print) in LANGUAGES {
            assert_eq!(print(&registration).contains("admin-consent"), consents, "{ending}: {sign_in_audience:?}");
        }
    }
}

#[test]
fn nobody_is_asked_to_agree_to_nothing() {
    for (ending, print) in LANGUAGES {
        assert!(!print(&examples::minimal()).contains("consent"), "{ending}");
    }
}

proptest! {
    #[test]
    fn every_name_is_read_back(name in "([$%{}'\"\\\\#\n\r\t/*a]|\\PC|\\p{any}){0,12}") {
        let minimal = examples::minimal();
        let application = ApplicationObject { display_name: name.clone(), ..minimal.application };
        let registration = Registration { application, ..minimal };
        prop_assert_eq!(bicep::display_name(&registration), name.clone());
        prop_assert_eq!(graph::display_name(&registration), name.clone());
        prop_assert_eq!(terraform::display_name(&registration), name);
    }
}
