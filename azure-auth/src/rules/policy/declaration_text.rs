//! A declaration as text, in the words of the attribute: written in one order whatever the order in the source, and
//! read back.

use std::fmt;

use thiserror::Error;

use crate::model::guid::Guid;
use crate::model::policies::requirement::{Choice, Policy, Requirement, Via};
use crate::model::policies::row::RowAccess;

/// A text that is no declaration.
#[derive(Clone, Debug, PartialEq, Eq, Error)]
#[error("cannot be read from {rest:?} on, expected {expected}")]
pub(crate) struct Unreadable {
    rest: String,
    expected: &'static str,
}

/// `protect(scopes = "Files.Read")`, and with guards around it, the outermost first: `protect(roles = "Admin") and
/// protect`. Scopes of OpenID Connect refuse nobody, and are left out.
pub(crate) fn written(access: &RowAccess) -> String {
    match access {
        RowAccess::Public { reason: None } => "public".to_owned(),
        RowAccess::Public { reason: Some(reason) } => format!("public(reason = {reason:?})"),
        RowAccess::Protected(requirements) => requirements.iter().map(protect).collect::<Vec<_>>().join(AND),
    }
}

const AND: &str = " and ";

fn protect(requirement: &Requirement) -> String {
    let keys = keys(requirement);
    if keys.is_empty() { "protect".to_owned() } else { format!("protect({})", keys.join(", ")) }
}

fn keys(requirement: &Requirement) -> Vec<String> {
    let Requirement { openid_scopes: _, scopes, roles, groups, application_roles, tenants, via, allow, check } =
        requirement;
    let key = |name: &str, value: Option<String>| value.map(|value| format!("{name} = {value}"));
    let tenants = (!tenants.is_empty()).then_some(Choice::Any(tenants));
    let keys = [
        key("via", via.map(|via| via_word(via).to_owned())),
        key("scopes", (!scopes.is_empty()).then(|| format!("{:?}", sorted(scopes).join(" ")))),
        key("roles", roles.as_ref().map(chosen)),
        key("groups", groups.as_ref().map(chosen)),
        key("application_roles", application_roles.as_ref().map(chosen)),
        key("tenants", tenants.as_ref().map(chosen)),
        key("allow", allow.map(ToString::to_string)),
        // The last: a path may hold anything.
        key("check", check.map(str::to_owned)),
    ];
    keys.into_iter().flatten().collect()
}

fn via_word(via: Via) -> &'static str {
    match via {
        Via::Session => "session",
        Via::Bearer => "bearer",
    }
}

/// `any("Admin", "Writer")`; one name alone stands without a quantifier.
fn chosen<T: fmt::Display>(choice: &Choice<T>) -> String {
    let (word, names) = match choice {
        Choice::Any(names) => ("any", sorted(names)),
        Choice::All(names) => ("all", sorted(names)),
    };
    let quoted: Vec<String> = names.iter().map(|name| format!("{name:?}")).collect();
    match quoted.as_slice() {
        [one] => one.clone(),
        several => format!("{word}({})", several.join(", ")),
    }
}

/// Each once.
fn sorted<T: fmt::Display>(names: &[T]) -> Vec<String> {
    let mut sorted: Vec<String> = names.iter().map(ToString::to_string).collect();
    sorted.sort_unstable();
    sorted.dedup();
    sorted
}

/// Reads what [`written`] writes. What it names lives as long as the program, as it does in constant data: that is for
/// tests, which read a few.
pub(crate) fn read(text: &str) -> Result<RowAccess, Unreadable> {
    let mut reader = Reader { rest: text.trim() };
    let access = match reader.word()? {
        "protect" => RowAccess::Protected(reader.requirements()?),
        "public" => RowAccess::Public { reason: reader.reason()? },
        _ => return Err(Reader { rest: text }.unreadable("`protect` or `public`")),
    };
    if reader.rest.is_empty() { Ok(access) } else { Err(reader.unreadable("the end")) }
}

struct Reader<'t> {
    rest: &'t str,
}

impl<'t> Reader<'t> {
    /// Behind the first `protect`.
    fn requirements(&mut self) -> Result<Vec<Requirement>, Unreadable> {
        let mut requirements = vec![self.requirement()?];
        while self.takes(AND.trim()) {
            if self.word()? != "protect" {
                return Err(self.unreadable("`protect` before it"));
            }
            requirements.push(self.requirement()?);
        }
        Ok(requirements)
    }

    fn requirement(&mut self) -> Result<Requirement, Unreadable> {
        let mut requirement = Requirement::ANYONE;
        if !self.takes("(") {
            return Ok(requirement);
        }
        loop {
            let key = self.word()?;
            self.expect("=", "`=`")?;
            match key {
                "via" => requirement.via = Some(self.via()?),
                "scopes" => requirement.scopes = kept(self.text()?.split(' ').map(kept_text).collect()),
                "roles" => requirement.roles = Some(self.choice(|name| Some(kept_text(name)))?),
                "groups" => requirement.groups = Some(self.choice(guid)?),
                "application_roles" => requirement.application_roles = Some(self.choice(|name| Some(kept_text(name)))?),
                "tenants" => {
                    let (Choice::Any(tenants) | Choice::All(tenants)) = self.choice(guid)?;
                    requirement.tenants = tenants;
                }
                "allow" => requirement.allow = Some(Box::leak(Box::new(self.either()?))),
                "check" => requirement.check = Some(self.function()?),
                _ => return Err(self.unreadable("a key of `protect`")),
            }
            if self.takes(")") {
                return Ok(requirement);
            }
            self.expect(",", "`,` or `)`")?;
        }
    }

    fn reason(&mut self) -> Result<Option<&'static str>, Unreadable> {
        if !self.takes("(") {
            return Ok(None);
        }
        self.expect("reason", "`reason`")?;
        self.expect("=", "`=`")?;
        let reason = kept_text(self.text()?);
        self.expect(")", "`)`")?;
        Ok(Some(reason))
    }

    fn via(&mut self) -> Result<Via, Unreadable> {
        match self.word()? {
            "session" => Ok(Via::Session),
            "bearer" => Ok(Via::Bearer),
            _ => Err(self.unreadable("`session` or `bearer`")),
        }
    }

    fn choice<T>(&mut self, value: impl Fn(&str) -> Option<T>) -> Result<Choice<T>, Unreadable> {
        let is_all = self.takes("all");
        let is_list = is_all || self.takes("any");
        if is_list {
            self.expect("(", "`(`")?;
        }
        let mut values = vec![self.value(&value)?];
        while is_list && !self.takes(")") {
            self.expect(",", "`,` or `)`")?;
            values.push(self.value(&value)?);
        }
        Ok(if is_all { Choice::All(kept(values)) } else { Choice::Any(kept(values)) })
    }

    fn value<T>(&mut self, value: impl Fn(&str) -> Option<T>) -> Result<T, Unreadable> {
        let text = self.text()?;
        value(text).ok_or_else(|| self.unreadable("an id before it"))
    }

    /// `a || b`.
    fn either(&mut self) -> Result<Policy, Unreadable> {
        let mut parts = vec![self.both()?];
        while self.takes("||") {
            parts.push(self.both()?);
        }
        Ok(one_or(parts, Policy::Any))
    }

    /// `a && b`.
    fn both(&mut self) -> Result<Policy, Unreadable> {
        let mut parts = vec![self.single()?];
        while self.takes("&&") {
            parts.push(self.single()?);
        }
        Ok(one_or(parts, Policy::All))
    }

    fn single(&mut self) -> Result<Policy, Unreadable> {
        if self.takes("!") {
            return Ok(Policy::Not(Box::leak(Box::new(self.single()?))));
        }
        if self.takes("(") {
            let inner = self.either()?;
            self.expect(")", "`)`")?;
            return Ok(inner);
        }
        let fact = self.word()?;
        self.expect("(", "`(`")?;
        let policy = match fact {
            "user" => Policy::User,
            "role" => Policy::Role(kept_text(self.text()?)),
            "scope" => Policy::Scope(kept_text(self.text()?)),
            "application_role" => Policy::ApplicationRole(kept_text(self.text()?)),
            "group" => Policy::Group(self.value(guid)?),
            "tenant" => Policy::Tenant(self.value(guid)?),
            _ => return Err(self.unreadable("a fact such as `role(…)` before it")),
        };
        self.expect(")", "`)`")?;
        Ok(policy)
    }

    /// Everything up to the parenthesis that is not opened in it.
    fn function(&mut self) -> Result<&'static str, Unreadable> {
        let mut open = 0_usize;
        let is_end = |letter: char| {
            match letter {
                '(' => open += 1,
                ')' if open == 0 => return true,
                ')' => open -= 1,
                _ => {}
            }
            false
        };
        let Some(end) = self.rest.find(is_end) else { return Err(self.unreadable("`)`")) };
        let function = self.rest[..end].trim();
        self.rest = &self.rest[end..];
        Ok(kept_text(function))
    }

    fn word(&mut self) -> Result<&'t str, Unreadable> {
        self.rest = self.rest.trim_start();
        let end = self.rest.find(|letter: char| !letter.is_ascii_lowercase() && letter != '_');
        let (word, rest) = self.rest.split_at(end.unwrap_or(self.rest.len()));
        self.rest = rest;
        if word.is_empty() { Err(self.unreadable("a word")) } else { Ok(word) }
    }

    /// What stands between quotes, with the escapes that are in it.
    fn text(&mut self) -> Result<&'t str, Unreadable> {
        self.expect("\"", "a text in quotes")?;
        let mut is_escaped = false;
        let is_end = |letter: char| {
            let is_end = letter == '"' && !is_escaped;
            is_escaped = letter == '\\' && !is_escaped;
            is_end
        };
        let Some(end) = self.rest.find(is_end) else { return Err(self.unreadable("the end of a text")) };
        let text = &self.rest[..end];
        self.rest = &self.rest[end + 1..];
        Ok(text)
    }

    fn takes(&mut self, token: &str) -> bool {
        match self.rest.trim_start().strip_prefix(token) {
            Some(rest) => {
                self.rest = rest;
                true
            }
            None => false,
        }
    }

    fn expect(&mut self, token: &str, expected: &'static str) -> Result<(), Unreadable> {
        if self.takes(token) { Ok(()) } else { Err(self.unreadable(expected)) }
    }

    fn unreadable(&self, expected: &'static str) -> Unreadable {
        Unreadable { rest: self.rest.to_owned(), expected }
    }
}

fn one_or(mut parts: Vec<Policy>, several: impl Fn(&'static [Policy]) -> Policy) -> Policy {
    match parts.len() {
        1 => parts.remove(0),
        _ => several(kept(parts)),
    }
}

fn guid(text: &str) -> Option<Guid> {
    text.parse().ok()
}

fn kept_text(text: &str) -> &'static str {
    text.to_owned().leak()
}

fn kept<T>(values: Vec<T>) -> &'static [T] {
    values.leak()
}

#[cfg(test)]
mod tests {
    use super::*;

    const ANYONE: Requirement = Requirement::ANYONE;
    const STAFF: Guid = Guid::from_u128(1);
    const POLICY: Policy = Policy::Any(&[
        Policy::Role("Admin"),
        Policy::All(&[Policy::User, Policy::Not(&Policy::Role("Guest"))]),
        Policy::All(&[
            Policy::ApplicationRole("Jobs"),
            Policy::Scope("Files.Read"),
            Policy::Not(&Policy::Any(&[Policy::Group(STAFF), Policy::Tenant(STAFF)])),
        ]),
    ]);

    #[test]
    fn a_declaration_is_written_as_in_its_attribute_and_read_back() {
        let staff = "00000000-0000-0000-0000-000000000001";
        let one = |requirement| RowAccess::Protected(vec![requirement]);
        let group = format!("protect(groups = {staff:?}, tenants = {staff:?})");
        let policy = format!(
            "protect(allow = (role(\"Admin\") || (user() && !role(\"Guest\")) || (application_role(\"Jobs\") && scope(\"Files.Read\") && !(group({staff:?}) || \
             tenant({staff:?})))), check = office::hours::<(u8, T)>)"
        );
        for (access, text) in [
            (one(ANYONE), "protect"),
            (one(Requirement { scopes: &["B", "A", "B"], ..ANYONE }), "protect(scopes = \"A B\")"),
            (
                one(Requirement {
                    via: Some(Via::Bearer),
                    roles: Some(Choice::All(&["Writer", "Admin"])),
                    application_roles: Some(Choice::Any(&["b", "a"])),
                    ..ANYONE
                }),
                "protect(via = bearer, roles = all(\"Admin\", \"Writer\"), application_roles = any(\"a\", \"b\"))",
            ),
            (
                one(Requirement { via: Some(Via::Session), roles: Some(Choice::All(&["Admin"])), ..ANYONE }),
                "protect(via = session, roles = \"Admin\")",
            ),
            (one(Requirement { groups: Some(Choice::Any(&[STAFF])), tenants: &[STAFF], ..ANYONE }), &group),
            (one(Requirement { allow: Some(&POLICY), check: Some("office::hours::<(u8, T)>"), ..ANYONE }), &policy),
            (
                RowAccess::Protected(vec![
                    Requirement { check: Some("hours::<(u8, T)>"), ..ANYONE },
                    ANYONE,
                    Requirement { roles: Some(Choice::All(&["Admin"])), check: Some("days"), ..ANYONE },
                ]),
                "protect(check = hours::<(u8, T)>) and protect and protect(roles = \"Admin\", check = days)",
            ),
            (RowAccess::Public { reason: None }, "public"),
            (RowAccess::Public { reason: Some("so \"they\" said\n") }, r#"public(reason = "so \"they\" said\n")"#),
        ] {
            assert_eq!(written(&access), text);
            let read = read(text).unwrap_or_else(|error| panic!("{text}: {error}"));
            if let RowAccess::Protected(_) = access {
                assert_eq!(written(&read), text);
            }
        }
    }

    #[test]
    fn what_is_no_declaration_is_not_read() {
        for text in [
            "",
            "private",
            "protect(",
            "protect()",
            "protect(roles = Admin)",
            "protect(roles = any(\"A\" \"B\"))",
            "protect(groups = \"Staff\")",
            "protect(via = cookie)",
            "protect(via = session) and more",
            "protect and",
            "protect and public",
            "protect protect",
            "public and protect",
            "protect(check = hours",
            "protect(allow = group(\"x\"))",
            "protect(allow = admin(\"x\"))",
            "protect(reason = \"x\")",
            "public(reason = \"x",
            "<<<<<<< HEAD",
        ] {
            assert!(read(text).is_err(), "{text}");
        }
    }
}
