//! What keeps the lists of declarations that are read from a text.

use std::cell::OnceCell;

use crate::language::policy::Policy;
use crate::values::guid::Guid;

/// Owns the lists of what is read from a text, for as long as the reader needs them. Constant data needs none.
///
/// ```
/// use azure_auth_policy::{Arena, RowAccess};
///
/// let text = "protect(allow = role(\"Admin\") || role(\"Writer\"))".to_owned();
/// let arena = Arena::default();
/// assert_eq!(RowAccess::read(&text, &arena)?.requirements().len(), 1);
/// # Ok::<(), azure_auth_policy::Unreadable>(())
/// ```
#[derive(Debug, Default)]
pub struct Arena<'a> {
    texts: Lists<&'a str>,
    ids: Lists<Guid>,
    policies: Lists<Policy<'a>>,
}

/// Lists that stay where they are while others are added: a chain, whose ends are never replaced.
#[derive(Debug)]
struct Lists<T> {
    first: OnceCell<Kept<T>>,
}

/// A list, and those behind it.
#[derive(Debug)]
struct Kept<T> {
    list: Box<[T]>,
    rest: Box<Lists<T>>,
}

impl<'a> Arena<'a> {
    /// Keeps the parts of a list.
    pub fn parts(&'a self, parts: Vec<Policy<'a>>) -> &'a [Policy<'a>] {
        self.policies.keep(parts)
    }

    /// Keeps texts.
    pub fn texts(&self, texts: Vec<&'a str>) -> &[&'a str] {
        self.texts.keep(texts)
    }

    /// Keeps ids.
    pub fn ids(&self, ids: Vec<Guid>) -> &[Guid] {
        self.ids.keep(ids)
    }

    /// Keeps one policy.
    pub fn policy(&'a self, policy: Policy<'a>) -> &'a Policy<'a> {
        // The list has one part, and a policy that is met by nobody stands for the one it cannot lack.
        self.policies.keep(vec![policy]).first().unwrap_or(const { &Policy::Any(&[]) })
    }
}

impl<T> Lists<T> {
    fn keep(&self, list: Vec<T>) -> &[T] {
        let mut list = Some(list);
        let mut lists = self;
        loop {
            let kept =
                lists.first.get_or_init(|| Kept { list: list.take().unwrap_or_default().into(), rest: Box::default() });
            if list.is_none() {
                return &kept.list;
            }
            lists = &kept.rest;
        }
    }
}

impl<T> Default for Lists<T> {
    fn default() -> Self {
        Self { first: OnceCell::new() }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn lists_stay_what_they_are_while_others_are_added() {
        let lists = Lists::default();
        let kept: Vec<&[usize]> = (0..100).map(|length| lists.keep((0..length).collect())).collect();
        for (length, list) in kept.into_iter().enumerate() {
            assert_eq!(list, (0..length).collect::<Vec<_>>());
        }
    }
}
