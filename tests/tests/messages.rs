//! What errors say at run time is reviewed, as what the compiler says is: every text is in `messages.txt`, and a change of
//! one is a change of that file.

use std::fmt::Write;
use std::fs;
use std::path::{Path, PathBuf};

/// The texts of `#[error("…")]`, by file. `AZURE_AUTH_UPDATE_DOCUMENTS=1` writes them anew.
#[test]
fn every_error_says_what_was_reviewed() {
    let root = Path::new(env!("CARGO_MANIFEST_DIR")).parent().unwrap();
    let mut found = String::new();
    for crate_name in ["azure-auth", "azure-auth-policy", "azure-auth-emulator"] {
        for path in sources(&root.join(crate_name).join("src")) {
            let texts = texts(&fs::read_to_string(&path).unwrap());
            if !texts.is_empty() {
                writeln!(found, "{}", path.strip_prefix(root).unwrap().display()).unwrap();
                for text in texts {
                    writeln!(found, "    {text}").unwrap();
                }
            }
        }
    }
    assert!(found.lines().count() > 100, "the texts are found");
    let reviewed = root.join("tests/messages.txt");
    if std::env::var_os("AZURE_AUTH_UPDATE_DOCUMENTS").is_some() {
        fs::write(&reviewed, &found).unwrap();
    }
    let reviewed = fs::read_to_string(reviewed).unwrap();
    let new: Vec<&str> = found.lines().filter(|line| !reviewed.lines().any(|known| known == *line)).collect();
    assert!(found == reviewed, "review these, and run this test with AZURE_AUTH_UPDATE_DOCUMENTS=1: {new:#?}");
}

#[test]
fn a_text_in_several_lines_is_one_and_what_is_handed_on_is_none() {
    let source = r#"
        #[error("one {name:?}; \"two\"")]
        A { name: String },
        #[error(
            "three \
             four", self.0
        )]
        B(u8),
        #[error(transparent)]
        C(D),
    "#;
    assert_eq!(texts(source), [r#"one {name:?}; \"two\""#, "three four"]);
}

/// The sources below a folder.
fn sources(folder: &Path) -> Vec<PathBuf> {
    let mut found = Vec::new();
    for entry in fs::read_dir(folder).unwrap().map(|entry| entry.unwrap().path()) {
        if entry.is_dir() {
            found.extend(sources(&entry));
        } else if entry.extension().is_some_and(|extension| extension == "rs") {
            found.push(entry);
        }
    }
    found.sort();
    found
}

/// The first literal of every `#[error(…)]`.
fn texts(source: &str) -> Vec<String> {
    let attributes = source.split("#[error(").skip(1);
    attributes.filter_map(|rest| literal(rest.trim_start().strip_prefix('"')?)).collect()
}

fn literal(rest: &str) -> Option<String> {
    let mut is_escaped = false;
    let end = rest.find(|character| {
        let is_end = character == '"' && !is_escaped;
        is_escaped = character == '\\' && !is_escaped;
        is_end
    })?;
    Some(rest[..end].split("\\\n").map(str::trim_start).collect())
}
