//! One member of the object, and the way to it, which errors name.

use serde_json::Value;

use crate::faults::start_error::StartError;

/// A member of the object. One that is null counts as absent everywhere.
#[derive(Clone, Debug)]
pub(super) struct Member<'v> {
    path: String,
    value: &'v Value,
}

impl<'v> Member<'v> {
    pub(super) fn whole(value: &'v Value) -> Self {
        Self { path: String::new(), value }
    }

    /// Refuses what is not an object, and members that it does not have at Microsoft Graph, which are most likely mistyped.
    pub(super) fn check_object(&self, known: &[&str]) -> Result<(), StartError> {
        let Some(members) = self.value.as_object() else { return Err(self.wrong("is not an object")) };
        let is_known = |name: &str| name.contains("@odata.") || known.contains(&name);
        match members.iter().find(|(name, value)| !value.is_null() && !is_known(name)) {
            Some((name, _)) => {
                let problem = format!("is not a member that this emulator knows there; it knows {}", known.join(", "));
                Err(StartError::WrongRegistration { member: self.path_of(name), problem })
            }
            None => Ok(()),
        }
    }

    pub(super) fn get(&self, name: &str) -> Option<Self> {
        let value = self.value.get(name).filter(|value| !value.is_null())?;
        Some(Self { path: self.path_of(name), value })
    }

    pub(super) fn text(&self) -> Result<&'v str, StartError> {
        self.value.as_str().filter(|text| !text.is_empty()).ok_or_else(|| self.wrong("is not a text"))
    }

    /// A member that is a text, if it is there.
    pub(super) fn text_of(&self, name: &str) -> Result<Option<&'v str>, StartError> {
        self.get(name).map(|member| member.text()).transpose()
    }

    /// A member that is a text and must be there.
    pub(super) fn required_text(&self, name: &str) -> Result<&'v str, StartError> {
        self.text_of(name)?.ok_or_else(|| self.wrong(&format!("has no `{name}`")))
    }

    /// A member that is true or false, if it is there.
    pub(super) fn flag_of(&self, name: &str) -> Result<Option<bool>, StartError> {
        let flag = |member: Self| member.value.as_bool().ok_or_else(|| member.wrong("is neither true nor false"));
        self.get(name).map(flag).transpose()
    }

    pub(super) fn number(&self) -> Result<u64, StartError> {
        self.value.as_u64().ok_or_else(|| self.wrong("is not a number"))
    }

    /// The entries of a member that is a list; none if it is absent.
    pub(super) fn list_of(&self, name: &str) -> Result<Vec<Self>, StartError> {
        let Some(member) = self.get(name) else { return Ok(Vec::new()) };
        let entries = member.value.as_array().ok_or_else(|| member.wrong("is not a list"))?;
        let entry = |(place, value)| Self { path: format!("{}[{place}]", member.path), value };
        Ok(entries.iter().enumerate().map(entry).collect())
    }

    pub(super) fn texts_of(&self, name: &str) -> Result<Vec<String>, StartError> {
        self.list_of(name)?.iter().map(|entry| entry.text().map(ToOwned::to_owned)).collect()
    }

    /// Refuses a member that is true, for the emulator has nothing of it.
    pub(super) fn refuse_flag(&self, name: &str, problem: &str) -> Result<(), StartError> {
        match self.flag_of(name)? {
            Some(true) => {
                Err(StartError::WrongRegistration { member: self.path_of(name), problem: problem.to_owned() })
            }
            _ => Ok(()),
        }
    }

    /// Refuses a list with entries, for the emulator has nothing of it.
    pub(super) fn refuse_entries(&self, name: &str, problem: &str) -> Result<(), StartError> {
        match self.list_of(name)?.first() {
            Some(entry) => Err(entry.wrong(problem)),
            None => Ok(()),
        }
    }

    pub(super) fn wrong(&self, problem: &str) -> StartError {
        StartError::WrongRegistration { member: self.path.clone(), problem: problem.to_owned() }
    }

    fn path_of(&self, name: &str) -> String {
        if self.path.is_empty() { name.to_owned() } else { format!("{}.{name}", self.path) }
    }
}
