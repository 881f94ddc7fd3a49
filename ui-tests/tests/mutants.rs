//! Deleting or widening one `protect` of an example is noticed: by the compiler, or by the example's own tests.

mod built;
mod copies;
mod source;
mod widening;
mod workspace;

use std::collections::BTreeMap;

use copies::Copies;
use source::{Protect, Source};
use widening::{Change, public, widenings};
use workspace::root;

/// Programs that compare themselves with their own `authorization.lock`.
const EXAMPLES: [&str; 2] = ["hybrid", "openapi"];

/// The copy in which nothing is changed.
const AS_WRITTEN: &str = "as_written";

/// What the compiler says where a handler needs a caller that its attribute does not promise.
const NEEDS_ITS_CALLER: [&str; 2] = ["a public handler cannot take `", "the handler takes `Has<"];

/// A copy in which one attribute is changed or deleted.
struct Mutant {
    module: String,
    handler: String,
    change: Change,
    files: Vec<(String, String)>,
}

#[test]
fn deleting_or_widening_any_declaration_is_noticed() {
    for example in EXAMPLES {
        let folder = root().join("examples").join(example);
        let source = Source::read(&folder.join("src"));
        let mutants = mutants(&source);
        assert!(!mutants.is_empty(), "{example} protects something");
        let copies = Copies::of(&folder);
        let errors = errors(&copies, &source, &mutants);
        let failures = copies.failures();
        assert_eq!(failures.get(AS_WRITTEN), None);
        for mutants in mutants.chunk_by(|one, next| one.handler == next.handler) {
            let words = |mutant: &Mutant| match errors.get(&mutant.module) {
                Some(errors) => errors.clone(),
                None => differences(failures.get(&mutant.module).map_or("", String::as_str)),
            };
            let noticed: Vec<String> = mutants.iter().map(|mutant| mutant.noticed(&words(mutant))).collect();
            println!("{example}, {}: {}", mutants[0].handler, noticed.join("; "));
        }
    }
}

fn mutants(source: &Source) -> Vec<Mutant> {
    let protects = source.protects();
    let all = protects.iter().flat_map(|protect| changes(protect).into_iter().map(move |change| (protect, change)));
    let mutant = |(number, (protect, change)): (usize, (&Protect, Change))| {
        let module = format!("{}_{number}", protect.handler);
        let files = source.module(&module, Some((protect, &change)));
        Mutant { module, handler: protect.handler.clone(), change, files }
    };
    all.enumerate().map(mutant).collect()
}

fn changes(protect: &Protect) -> Vec<Change> {
    let public = public(&protect.attribute);
    let open = protect.has_callers().then(|| public.clone().with_optional_callers());
    let all = [Change::deletion(), public].into_iter().chain(open).chain(widenings(&protect.attribute));
    all.collect()
}

/// What does not compile, by module. What does is left.
fn errors(copies: &Copies, source: &Source, mutants: &[Mutant]) -> BTreeMap<String, Vec<String>> {
    let as_written = source.module(AS_WRITTEN, None);
    let mut errors = BTreeMap::new();
    // Some errors show only where there are no others.
    loop {
        let left = mutants.iter().filter(|mutant| !errors.contains_key(&mutant.module));
        let left = left.map(|mutant| (mutant.module.as_str(), mutant.files.as_slice()));
        copies.write([(AS_WRITTEN, as_written.as_slice())].into_iter().chain(left));
        let found = copies.errors();
        let is_expected = |module: &String| mutants.iter().any(|mutant| mutant.module == *module);
        assert!(found.keys().all(is_expected), "{found:#?}");
        if found.is_empty() {
            return errors;
        }
        errors.extend(found);
    }
}

/// What a lock file says, whatever it is.
fn differences(words: &str) -> Vec<String> {
    let kinds = ["added: ", "removed: ", "widened: ", "narrowed: ", "changed: "];
    let differences = words.lines().filter(|line| kinds.iter().any(|kind| line.starts_with(kind)));
    differences.map(str::to_owned).collect()
}

impl Mutant {
    /// What was changed, and the words that tell of just that.
    fn noticed(&self, words: &[String]) -> String {
        let Self { handler, change, .. } = self;
        let is_told = match words {
            [error] if change.is_deletion() => does_not_say_who_may_call(handler, error) || says_it_is_not_a_row(error),
            [error] if says_it_needs_its_caller(error) => true,
            [] => false,
            differences => !change.is_deletion() && differences.iter().all(|line| line.starts_with("widened: ")),
        };
        assert!(is_told, "{handler} {}: {words:#?}", change.words);
        let first_lines: Vec<&str> = words.iter().filter_map(|words| words.lines().next()).collect();
        format!("{}: {}", change.words, first_lines.join(", "))
    }
}

/// With as much of the handler's path as the compiler thinks is needed.
fn does_not_say_who_may_call(handler: &str, error: &str) -> bool {
    let Some((function, _)) = error.split_once("` does not say who may call it") else { return false };
    let name = function.strip_prefix("handler `").or_else(|| function.strip_prefix("operation `"));
    name.is_some_and(|name| name.rsplit("::").next() == Some(handler))
}

/// The table does not take an endpoint without `protect` or `public` around it.
fn says_it_is_not_a_row(error: &str) -> bool {
    error.starts_with("a row cannot start with `") || error.contains("` cannot be the target of a row; ")
}

fn says_it_needs_its_caller(error: &str) -> bool {
    let error = error.strip_prefix("evaluation panicked: ").unwrap_or(error);
    NEEDS_ITS_CALLER.iter().any(|start| error.starts_with(start))
}
