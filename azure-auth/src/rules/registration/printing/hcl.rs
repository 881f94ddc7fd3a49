//! The language of Terraform's files, laid out as `terraform fmt` does.

use std::fmt::Write;

use serde::Serialize;
use serde_json::{Value, json};

use super::comments::{comment, one_line};

/// A file, or the part of it that is written so far.
#[derive(Default)]
pub(crate) struct Hcl {
    text: String,
    depth: usize,
    /// Attributes below each other, whose values begin in one column.
    attributes: Vec<Attribute>,
    /// Whether the line before is a comment on what follows.
    is_commented: bool,
}

struct Attribute {
    name: &'static str,
    value: String,
    /// What follows in the same line, for people.
    remark: Option<String>,
}

impl Hcl {
    /// What a file begins with.
    pub(crate) fn after(text: String) -> Self {
        Self { text, ..Self::default() }
    }

    /// A name with a value that is known here.
    pub(crate) fn attribute(&mut self, name: &'static str, value: &impl Serialize) {
        self.expression(name, literal(&json!(value), self.depth));
    }

    /// A name with a value that Terraform finds.
    pub(crate) fn expression(&mut self, name: &'static str, value: impl Into<String>) {
        self.attributes.push(Attribute { name, value: value.into(), remark: None });
    }

    /// What people are told behind the attribute before.
    pub(crate) fn remark(&mut self, text: &str) {
        if let Some(attribute) = self.attributes.last_mut() {
            attribute.remark = Some(one_line(text));
        }
    }

    /// Lines for people.
    pub(crate) fn comment(&mut self, text: &str) {
        self.flush();
        self.separate();
        for line in comment("#", text).lines() {
            self.line(line);
        }
        self.is_commented = true;
    }

    /// Something in braces, by its type and labels.
    pub(crate) fn block(&mut self, head: &str, content: impl FnOnce(&mut Self)) {
        self.flush();
        if !std::mem::take(&mut self.is_commented) {
            self.separate();
        }
        self.line(&format!("{head} {{"));
        let beginning = self.text.len();
        self.depth += 1;
        content(self);
        self.flush();
        self.depth -= 1;
        if self.text.len() == beginning {
            self.text.pop();
            self.text.push_str("}\n");
        } else {
            self.line("}");
        }
    }

    pub(crate) fn finish(mut self) -> String {
        self.flush();
        self.text
    }

    /// An empty line, except at a beginning.
    fn separate(&mut self) {
        if !self.text.is_empty() && !self.text.ends_with("{\n") {
            self.text.push('\n');
        }
    }

    fn flush(&mut self) {
        let attributes = std::mem::take(&mut self.attributes);
        let spans_lines = |attribute: &Attribute| attribute.value.contains('\n');
        for run in attributes.chunk_by(|one, other| !spans_lines(one) && !spans_lines(other)) {
            let width = run.iter().map(|attribute| attribute.name.len()).max().unwrap_or_default();
            for Attribute { name, value, remark } in run {
                let remark = remark.as_ref().map_or_else(String::new, |remark| format!(" # {remark}"));
                self.line(&format!("{name:width$} = {value}{remark}"));
            }
        }
    }

    fn line(&mut self, text: &str) {
        let _ = writeln!(self.text, "{}{text}", "  ".repeat(self.depth));
    }
}

/// The value as it is written at some depth. A list of more than one is written below each other.
fn literal(value: &Value, depth: usize) -> String {
    match value {
        Value::String(text) => string(text),
        Value::Array(values) if values.len() > 1 => {
            let indentation = "  ".repeat(depth);
            let lines = values.iter().map(|value| format!("{indentation}  {},\n", literal(value, depth + 1)));
            format!("[\n{}{indentation}]", lines.collect::<String>())
        }
        Value::Array(values) => {
            format!("[{}]", values.iter().map(|value| literal(value, depth)).collect::<String>())
        }
        other => other.to_string(),
    }
}

/// One text, whatever is in it.
pub(crate) fn string(text: &str) -> String {
    let mut quoted = String::from("\"");
    let mut characters = text.chars().peekable();
    while let Some(character) = characters.next() {
        match character {
            '"' | '\\' => quoted.extend(['\\', character]),
            '$' | '%' if characters.peek() == Some(&'{') => quoted.extend([character, character]),
            '\n' => quoted.push_str("\\n"),
            '\r' => quoted.push_str("\\r"),
            '\t' => quoted.push_str("\\t"),
            _ if character.is_control() || matches!(character, '\u{2028}' | '\u{2029}') => {
                let _ = write!(quoted, "\\u{:04x}", u32::from(character));
            }
            _ => quoted.push(character),
        }
    }
    quoted.push('"');
    quoted
}
