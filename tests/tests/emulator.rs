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

/// A variable that the library reads and the emulator does not know would start a local Entra ID beside a configuration;
/// one that the library does not read would keep it from starting for no reason.
#[test]
fn the_variables_that_speak_against_an_emulator_are_those_that_the_library_reads() {
    let mut text = String::new();
    sources(&Path::new(env!("CARGO_MANIFEST_DIR")).join("../azure-auth/src"), &mut text);
    let of_kind = |reader: &'static str| text.split(reader).skip(1).filter_map(|rest| rest.split('"').next());
    let read = of_kind("read(\"AZURE_").chain(of_kind("list(\"AZURE_"));
    // Azure's own tools set it as well, and alone it configures nothing.
    let read: BTreeSet<&str> = read.filter(|name| *name != "TENANT_ID").collect();
    let known: BTreeSet<&str> = Emulator::VARIABLES.iter().filter_map(|name| name.strip_prefix("AZURE_")).collect();
    assert_eq!(known, read, "`VARIABLES` in azure-auth-emulator/src/server/start_rule.rs lists them");
    let documented = include_str!("../../docs/configuration.md");
    for name in Emulator::VARIABLES {
        assert!(documented.contains(&format!("| `{name}` |")), "{name} is documented");
    }
}
