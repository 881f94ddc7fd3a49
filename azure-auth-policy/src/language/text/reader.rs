//! Reads a declaration.

use super::{AND, Unreadable};
use crate::language::arena::Arena;
use crate::language::choice::Choice;
use crate::language::policy::{MOST_LEAVES, Policy};
use crate::language::requirement::Requirement;
use crate::language::row_access::RowAccess;
use crate::language::via::Via;
use crate::values::guid::Guid;

pub(super) struct Reader<'t> {
    rest: &'t str,
    arena: &'t Arena<'t>,
    /// How many parentheses and negations are open. Who opens more than anybody writes is not followed.
    depth: usize,
    /// How many keys, facts and parentheses were read: each may keep a list.
    steps: usize,
}

/// More than a policy of [`MOST_LEAVES`] facts needs, and few enough for the stack.
const DEEPEST: usize = 2 * MOST_LEAVES;

/// More than anybody declares in one row.
const MOST_STEPS: usize = 2048;

impl<'t> Reader<'t> {
    pub(super) fn new(text: &'t str, arena: &'t Arena<'t>) -> Self {
        Self { rest: text.trim(), arena, depth: 0, steps: 0 }
    }

    /// The whole text.
    pub(super) fn access(mut self) -> Result<RowAccess<'t>, Unreadable> {
        let access = self.declaration()?;
        if self.rest.is_empty() { Ok(access) } else { Err(self.unreadable("the end")) }
    }

    /// The beginning of the text, and what follows it.
    pub(super) fn first(mut self) -> Result<(RowAccess<'t>, &'t str), Unreadable> {
        let access = self.declaration()?;
        Ok((access, self.rest))
    }

    fn declaration(&mut self) -> Result<RowAccess<'t>, Unreadable> {
        let text = self.rest;
        match self.word()? {
            "protect" => Ok(RowAccess::Protected(self.requirements()?)),
            "public" => Ok(RowAccess::Public { reason: self.reason()? }),
            _ => {
                self.rest = text;
                Err(self.unreadable("`protect` or `public`"))
            }
        }
    }

    /// Behind the first `protect`.
    fn requirements(&mut self) -> Result<Vec<Requirement<'t>>, Unreadable> {
        let mut requirements = vec![self.requirement()?];
        while self.takes(AND.trim()) {
            if self.word()? != "protect" {
                return Err(self.unreadable("`protect` before it"));
            }
            requirements.push(self.requirement()?);
        }
        Ok(requirements)
    }

    fn requirement(&mut self) -> Result<Requirement<'t>, Unreadable> {
        let mut requirement = Requirement::ANYONE;
        if !self.takes("(") {
            return Ok(requirement);
        }
        loop {
            self.key(&mut requirement)?;
            if self.takes(")") {
                return Ok(requirement);
            }
            self.expect(",", "`,` or `)`")?;
        }
    }

    /// `roles = "Admin"`.
    fn key(&mut self, requirement: &mut Requirement<'t>) -> Result<(), Unreadable> {
        self.step()?;
        let key = self.word()?;
        self.expect("=", "`=`")?;
        match key {
            "via" => requirement.via = Some(self.via()?),
            "scopes" => requirement.scopes = self.arena.texts(self.text()?.split(' ').collect()),
            "roles" => requirement.roles = Some(self.names()?),
            "groups" => requirement.groups = Some(self.ids()?),
            "application_roles" => requirement.application_roles = Some(self.names()?),
            "tenants" => requirement.tenants = self.ids()?.values(),
            "allow" => requirement.allow = Some(self.policy()?),
            "check" => requirement.check = Some(self.function()?),
            _ => return Err(self.unreadable("a key of `protect`")),
        }
        Ok(())
    }

    fn reason(&mut self) -> Result<Option<&'t str>, Unreadable> {
        if !self.takes("(") {
            return Ok(None);
        }
        self.expect("reason", "`reason`")?;
        self.expect("=", "`=`")?;
        let reason = self.text()?;
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

    fn names(&mut self) -> Result<Choice<'t, &'t str>, Unreadable> {
        let (is_all, names) = self.list(Self::text)?;
        let names = self.arena.texts(names);
        Ok(if is_all { Choice::All(names) } else { Choice::Any(names) })
    }

    fn ids(&mut self) -> Result<Choice<'t, Guid>, Unreadable> {
        let (is_all, ids) = self.list(Self::id)?;
        let ids = self.arena.ids(ids);
        Ok(if is_all { Choice::All(ids) } else { Choice::Any(ids) })
    }

    /// Whether all of them are needed, and the values.
    fn list<T>(&mut self, value: fn(&mut Self) -> Result<T, Unreadable>) -> Result<(bool, Vec<T>), Unreadable> {
        let is_all = self.takes("all");
        let is_list = is_all || self.takes("any");
        if is_list {
            self.expect("(", "`(`")?;
        }
        let mut values = vec![value(self)?];
        while is_list && !self.takes(")") {
            self.expect(",", "`,` or `)`")?;
            values.push(value(self)?);
        }
        Ok((is_all, values))
    }

    fn id(&mut self) -> Result<Guid, Unreadable> {
        Guid::parse(self.text()?).ok_or_else(|| self.unreadable("an id before it"))
    }

    fn policy(&mut self) -> Result<&'t Policy<'t>, Unreadable> {
        let policy = self.either()?;
        if policy.leaves() > MOST_LEAVES {
            return Err(self.unreadable("a policy of fewer facts before it"));
        }
        Ok(self.arena.policy(policy))
    }

    /// `a || b`.
    fn either(&mut self) -> Result<Policy<'t>, Unreadable> {
        let mut parts = vec![self.both()?];
        while self.takes("||") {
            parts.push(self.both()?);
        }
        Ok(self.one_or(parts, Policy::Any))
    }

    /// `a && b`.
    fn both(&mut self) -> Result<Policy<'t>, Unreadable> {
        let mut parts = vec![self.single()?];
        while self.takes("&&") {
            parts.push(self.single()?);
        }
        Ok(self.one_or(parts, Policy::All))
    }

    fn one_or(&self, parts: Vec<Policy<'t>>, several: fn(&'t [Policy<'t>]) -> Policy<'t>) -> Policy<'t> {
        match parts.as_slice() {
            [one] => *one,
            _ => several(self.arena.parts(parts)),
        }
    }

    fn single(&mut self) -> Result<Policy<'t>, Unreadable> {
        self.step()?;
        if self.depth == DEEPEST {
            return Err(self.unreadable("fewer parentheses"));
        }
        self.depth += 1;
        let policy = self.not_or_part()?;
        self.depth -= 1;
        Ok(policy)
    }

    fn not_or_part(&mut self) -> Result<Policy<'t>, Unreadable> {
        if self.takes("!") {
            let inner = self.single()?;
            return Ok(Policy::Not(self.arena.policy(inner)));
        }
        if self.takes("(") {
            return self.until_closed();
        }
        self.rest = self.rest.trim_start();
        if self.rest.starts_with(char::is_uppercase) {
            return self.named();
        }
        let fact = self.word()?;
        self.fact(fact)
    }

    /// `Editor(role("Writer") || role("Admin"))`.
    fn named(&mut self) -> Result<Policy<'t>, Unreadable> {
        let end = self.rest.find(|letter: char| !letter.is_alphanumeric()).unwrap_or(self.rest.len());
        let (name, rest) = self.rest.split_at(end);
        self.rest = rest;
        self.expect("(", "`(`")?;
        let inner = self.until_closed()?;
        Ok(Policy::Named(name, self.arena.policy(inner)))
    }

    /// Behind an open parenthesis.
    fn until_closed(&mut self) -> Result<Policy<'t>, Unreadable> {
        let inner = self.either()?;
        self.expect(")", "`)`")?;
        Ok(inner)
    }

    fn fact(&mut self, fact: &str) -> Result<Policy<'t>, Unreadable> {
        self.expect("(", "`(`")?;
        let policy = match fact {
            "user" => Policy::User,
            "role" => Policy::Role(self.text()?),
            "scope" => Policy::Scope(self.text()?),
            "application_role" => Policy::ApplicationRole(self.text()?),
            "group" => Policy::Group(self.id()?),
            "tenant" => Policy::Tenant(self.id()?),
            _ => return Err(self.unreadable("a fact such as `role(…)` before it")),
        };
        self.expect(")", "`)`")?;
        Ok(policy)
    }

    fn step(&mut self) -> Result<(), Unreadable> {
        self.steps += 1;
        if self.steps > MOST_STEPS { Err(self.unreadable("a shorter declaration")) } else { Ok(()) }
    }

    /// Everything up to the parenthesis that is not opened in it.
    fn function(&mut self) -> Result<&'t str, Unreadable> {
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
        let (function, rest) = self.rest.split_at(end);
        self.rest = rest;
        Ok(function.trim())
    }

    fn word(&mut self) -> Result<&'t str, Unreadable> {
        self.rest = self.rest.trim_start();
        let end = self.rest.find(|letter: char| !letter.is_ascii_lowercase() && letter != '_');
        let (word, rest) = self.rest.split_at(end.unwrap_or(self.rest.len()));
        self.rest = rest;
        if word.is_empty() { Err(self.unreadable("a word")) } else { Ok(word) }
    }

    /// What is between quotes, with the escapes that are in it.
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
