//! What the emulator knows of the library, which it imports nothing of.

use std::collections::BTreeSet;
use std::fs;
use std::path::Path;

use azure_auth_emulator::Emulator;

/// The sources of the library, without what only tests see.
fn sources(directory: &Path, text: &mut String) {
    for entry in fs::read_dir(directory).unwrap().map(Result::unwrap) {
        let path = entry.path();
        if path.is_dir() {
            sources(&path, text);
        } else if path.extension().is_some_and(|extension| extension == "rs") {
            *text += &fs::read_to_string(&path).unwrap();
        }
    }
}

/// Azure sets these by itself, and alone they configure nothing.
const OF_AZURE: [&str; 4] = ["TENANT_ID", "AUTHORITY_HOST", "FEDERATED_TOKEN_FILE", "POD_IDENTITY_AUTHORITY_HOST"];

/// A variable that the library reads and the emulator does not know would start a local Entra ID beside a configuration;
/// one that the library does not read would keep it from starting for no reason.
#[test]
fn the_variables_that_speak_against_an_emulator_are_those_that_the_library_reads() {
    let mut text = String::new();
    sources(&Path::new(env!("CARGO_MANIFEST_DIR")).join("../azure-auth/src"), &mut text);
    let of_kind = |reader: &'static str| text.split(reader).skip(1).filter_map(|rest| rest.split('"').next());
    let read = of_kind("read(\"AZURE_").chain(of_kind("list(\"AZURE_")).chain(of_kind("exactly(\"AZURE_"));
    let read: BTreeSet<&str> = read.filter(|name| !OF_AZURE.contains(name)).collect();
    let known: BTreeSet<&str> = Emulator::VARIABLES.iter().filter_map(|name| name.strip_prefix("AZURE_")).collect();
    assert_eq!(known, read, "`VARIABLES` in azure-auth-emulator/src/server/start_rule.rs lists them");
    let documented = include_str!("../../docs/configuration.md");
    for name in Emulator::VARIABLES {
        assert!(documented.contains(&format!("| `{name}` |")), "{name} is documented");
    }
}

/// A permission that only one of them knows is offered by the macros and refused by the emulator, or the other way round.
#[test]
fn the_emulator_and_the_macros_know_the_same_permissions_of_graph() {
    let published = include_str!("../../azure-auth-macros/src/graph/permissions.tsv").lines().skip(1);
    let published = published.map(|line| line.split('\t').take(2).collect::<Vec<_>>().join(" "));
    let known = include_str!("../../azure-auth-emulator/src/directory/resources/graph_permissions.txt").lines();
    let known = known.map(|line| {
        let mut words = line.split(' ');
        let (name, consent) = (words.next().unwrap(), words.next().unwrap());
        let consent = match consent {
            "user" => "person",
            "admin" => "administrator",
            _ => "application",
        };
        format!("{name} {consent}")
    });
    assert_eq!(known.collect::<Vec<_>>(), published.collect::<Vec<_>>());
}
