//! What the compiler says of a case, without what is different on another machine or after a change elsewhere.

use std::path::Path;

use crate::workspace::root;

/// Lines that only count or point to what is said already.
const SUMS: [&str; 5] = [
    "error: aborting due to ",
    "warning: 1 warning emitted",
    "For more information about this error",
    "For more information about an error",
    "Some errors have detailed explanations",
];

/// As many of the types that implement a trait are listed; which ones come first is nobody's decision.
const LISTED: usize = 8;

/// The words about one case, which the compiler knows by a path below the root of the project.
pub(crate) fn by_compiler(stderr: &[u8], case: &Path) -> String {
    let text = String::from_utf8_lossy(stderr);
    let lines = text.lines().filter(|line| !SUMS.iter().any(|sum| line.starts_with(sum)));
    let lines = shortened(&without_numbers_of_others(lines, &case.to_string_lossy()));
    let words: Vec<String> = messages(&lines).flat_map(narrowed).collect();
    let mut words = words.join("\n");
    while words.contains("\n\n\n") {
        words = words.replace("\n\n\n", "\n\n");
    }
    format!("{}\n", words.trim_end())
}

/// Other files change without a change of what is said: where in them something is does not count.
fn without_numbers_of_others<'a>(lines: impl Iterator<Item = &'a str>, case: &str) -> Vec<String> {
    let mut is_other = false;
    let line = |line: &str| {
        let trimmed = line.trim_start();
        if let Some(place) = trimmed.strip_prefix("--> ").or_else(|| trimmed.strip_prefix("::: ")) {
            let place = place.strip_prefix("ui-tests/").unwrap_or(place);
            is_other = !place.starts_with(case);
            let place = if is_other { other_place(place) } else { place.replace('\\', "/") };
            return format!("{}{}{place}", &line[..line.len() - trimmed.len()], &trimmed[..4]);
        }
        is_other &= trimmed.starts_with(|first: char| first.is_ascii_digit() || "|.".contains(first));
        if is_other { without_number(line) } else { line.trim_end().to_owned() }
    };
    lines.map(line).collect()
}

/// A file of the project or of a library, without line and column.
fn other_place(place: &str) -> String {
    let file = place.rsplitn(3, ':').last().unwrap().replace('\\', "/");
    if let Some((_, of_library)) = file.split_once("/library/").filter(|(before, _)| before.contains("/rust")) {
        return format!("$RUST/{of_library}");
    }
    if let Some((_, of_package)) = file.split_once("/registry/src/") {
        let package = of_package.split_once('/').map_or(of_package, |(_, package)| package);
        return format!("$CARGO/{package}");
    }
    let root = root().to_string_lossy().replace('\\', "/");
    let below = file.strip_prefix(&root).map_or(&*file, |below| below.trim_start_matches('/'));
    format!("$WORKSPACE/{below}")
}

/// `123 | code` with spaces for the number.
fn without_number(line: &str) -> String {
    let end = line.bytes().take_while(|byte| byte.is_ascii_digit() || *byte == b' ').count();
    format!("{}{}", " ".repeat(end), &line[end..]).trim_end().to_owned()
}

/// Lists of types that implement a trait, cut.
fn shortened(lines: &[String]) -> Vec<String> {
    let mut shortened = Vec::new();
    let mut rest = lines;
    while let Some((line, after)) = rest.split_first() {
        shortened.push(line.clone());
        rest = after;
        if is_head_of_list(line) {
            let (list, after) = after.split_at(after.iter().take_while(|line| depth(line) >= 12).count());
            rest = after;
            let is_long = list.len() > LISTED + 1;
            shortened.extend(list.iter().take(if is_long { LISTED } else { list.len() }).cloned());
            let others = || format!("{}and $N others", " ".repeat(depth(&list[0]) - 2));
            shortened.extend(is_long.then(others));
        }
    }
    shortened
}

fn is_head_of_list(line: &str) -> bool {
    let line = line.trim_start();
    ["types", "other types"].iter().any(|types| {
        line.strip_prefix("= help: the following ")
            .is_some_and(|line| line.starts_with(&format!("{types} implement trait ")))
    })
}

fn depth(line: &str) -> usize {
    line.len() - line.trim_start().len()
}

/// Each with the lines up to the next one. A note in the middle belongs to what is above it.
fn messages(lines: &[String]) -> impl Iterator<Item = &[String]> {
    let is = |line: &str, level: &str| line.strip_prefix(level).is_some_and(|rest| rest.starts_with([':', '[']));
    lines.chunk_by(move |line, next| {
        let is_head = is(next, "error") || is(next, "warning") || line.is_empty() && is(next, "note");
        !is_head
    })
}

/// The margin only as wide as the line numbers that are left in it.
fn narrowed(message: &[String]) -> Vec<String> {
    let margin = message.iter().find(|line| line.trim_start().starts_with("--> ")).map_or(0, |line| depth(line));
    let digits = |line: &String| line.get(..margin).map_or(0, |margin| margin.trim().len());
    let in_margin = |line: &&String| is_in_margin(line, margin);
    let excess = margin - message.iter().filter(in_margin).map(digits).max().unwrap_or(0).clamp(1.min(margin), margin);
    let narrow = |line: &String| {
        let is_indented = is_in_margin(line, margin) || depth(line) > margin + 8;
        let has_room = line.len() > excess && line[..excess].trim().is_empty();
        if is_indented && has_room { line[excess..].to_owned() } else { line.clone() }
    };
    message.iter().map(narrow).collect()
}

/// A place, a line of source, or a note below it.
fn is_in_margin(line: &str, margin: usize) -> bool {
    let Some((number, rest)) = line.split_at_checked(margin) else { return false };
    let starts = [" | ", " = ", " + ", " - ", " ~ ", "--> ", "::: "];
    let is_number = number.bytes().all(|byte| byte.is_ascii_digit() || byte == b' ');
    is_number && (starts.iter().any(|start| rest.starts_with(start)) || [" |", " +", " ~", " -"].contains(&rest))
}
