//! What a list was meant to say, whatever its form, as code that can be pasted.

use syn::punctuated::Punctuated;
use syn::{BinOp, Expr, ExprLit, Lit, Token};

use super::item::Written;
use crate::diagnostics::shown;
use crate::scope_list::OPENID_SCOPES;
use crate::syntax::ungrouped;

/// How the elements of a list are joined.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Join {
    Any,
    All,
    /// The list does not say whether one of them is enough.
    Unsaid,
}

/// `["A", "B"]`, `"A, B"`, `"A" || "B"`, `any("A", all("B", "C"))`.
#[derive(Debug, PartialEq, Eq)]
pub(super) enum Meant {
    /// As code.
    Value(String),
    List(Join, Vec<Meant>),
}

impl Meant {
    /// `words` joins the names of one text.
    pub(super) fn read(expression: &Expr, words: Join) -> Option<Self> {
        match ungrouped(expression) {
            Expr::Lit(ExprLit { lit: Lit::Str(text), .. }) => Self::words(&text.value(), words),
            Expr::Paren(inner) => Self::read(&inner.expr, words),
            Expr::Reference(inner) => Self::read(&inner.expr, words),
            Expr::Array(list) => Self::list(&list.elems, words, words),
            Expr::Tuple(list) => Self::list(&list.elems, words, words),
            Expr::Binary(both) => {
                let parts = [Self::read(&both.left, words)?, Self::read(&both.right, words)?];
                Some(Self::joined(operator(&both.op)?, parts))
            }
            Expr::Call(call) => Self::list(&call.args, function(&shown::code(&call.func))?, words),
            other => Written::read(other).map(|_| Self::Value(shown::code(other))),
        }
    }

    /// The names in a text, with commas between them or without.
    pub(super) fn words(text: &str, words: Join) -> Option<Self> {
        let names = text.split_whitespace().map(|name| name.trim_matches(',')).filter(|name| !name.is_empty());
        let names: Vec<Self> = names.map(|name| Self::Value(format!("{name:?}"))).collect();
        (!names.is_empty()).then(|| Self::joined(words, names))
    }

    fn list(elements: &Punctuated<Expr, Token![,]>, join: Join, words: Join) -> Option<Self> {
        let elements: Option<Vec<Self>> = elements.iter().map(|element| Self::read(element, words)).collect();
        elements.filter(|elements| !elements.is_empty()).map(|elements| Self::joined(join, elements))
    }

    /// One list where a part is joined in the same way, or does not say how.
    fn joined(join: Join, parts: impl IntoIterator<Item = Self>) -> Self {
        let mut all = Vec::new();
        for part in parts {
            match part {
                Self::List(inner, further) if inner == join || inner == Join::Unsaid => all.extend(further),
                part => all.push(part),
            }
        }
        if all.len() == 1 { all.remove(0) } else { Self::List(join, all) }
    }

    /// The remedy for a key: its own list, or, where lists are inside each other, the same policy in `allow`.
    pub(super) fn remedy(&self, key: &str) -> String {
        match self {
            Self::Value(value) => format!("write `{key} = {value}`"),
            Self::List(Join::Any, _) if key == "tenants" => {
                format!("write `{key} = any({})`", self.values().join(", "))
            }
            Self::List(join, parts) if parts.iter().all(|part| matches!(part, Self::Value(_))) => {
                let values = self.values().join(", ");
                match join {
                    Join::Any => format!("write `{key} = any({values})`"),
                    Join::All => format!("write `{key} = all({values})`"),
                    Join::Unsaid if key == "tenants" => format!("write `{key} = any({values})`"),
                    Join::Unsaid => format!(
                        "write `{key} = any({values})` if one of them is enough, or `{key} = all({values})` if all are needed"
                    ),
                }
            }
            Self::List(..) => {
                format!("write `allow = {}` in place of `{key}`", self.policy(key.trim_end_matches('s')))
            }
        }
    }

    /// The same for scopes. Those of OpenID Connect stay in `scopes`: they are not part of a policy.
    pub(super) fn remedy_of_scopes(&self) -> String {
        let (openid, own): (Vec<_>, Vec<_>) = self.values().into_iter().partition(|name| is_openid(name));
        if !self.has_alternatives() {
            let all = [openid, own].concat();
            let texts: Option<Vec<&str>> = all.iter().map(|name| name.strip_prefix('"')?.strip_suffix('"')).collect();
            return texts.map_or_else(
                || format!("write `scopes = all({})`", all.join(", ")),
                |texts| format!("write `scopes = {:?}`", texts.join(" ")),
            );
        }
        let sign_in: Vec<&str> = openid.iter().map(|name| name.trim_matches('"')).collect();
        match self.without_openid() {
            None => format!("write `scopes = {:?}`", sign_in.join(" ")),
            Some(own) if sign_in.is_empty() => format!("write `allow = {}` in place of `scopes`", own.policy("scope")),
            Some(own) => format!("write `scopes = {:?}, allow = {}`", sign_in.join(" "), own.policy("scope")),
        }
    }

    /// `role("A") || (role("B") && role("C"))`.
    pub(super) fn policy(&self, fact: &str) -> String {
        let part = |part: &Self| match part {
            Self::List(_, parts) if parts.len() > 1 => format!("({})", part.policy(fact)),
            part => part.policy(fact),
        };
        match self {
            Self::Value(value) => format!("{fact}({value})"),
            Self::List(join, parts) => {
                let operator = if *join == Join::All { " && " } else { " || " };
                parts.iter().map(part).collect::<Vec<_>>().join(operator)
            }
        }
    }

    /// All of them, in order.
    pub(super) fn values(&self) -> Vec<String> {
        match self {
            Self::Value(value) => vec![value.clone()],
            Self::List(_, parts) => parts.iter().flat_map(Self::values).collect(),
        }
    }

    fn has_alternatives(&self) -> bool {
        match self {
            Self::Value(_) => false,
            Self::List(join, parts) => *join == Join::Any || parts.iter().any(Self::has_alternatives),
        }
    }

    fn without_openid(&self) -> Option<Self> {
        match self {
            Self::Value(value) => (!is_openid(value)).then(|| Self::Value(value.clone())),
            Self::List(join, parts) => {
                let own: Vec<Self> = parts.iter().filter_map(Self::without_openid).collect();
                (!own.is_empty()).then(|| Self::joined(*join, own))
            }
        }
    }
}

/// The items in a value that could not be read. Their imports are used all the same.
pub(super) fn items(expression: &Expr) -> Vec<Written<'_>> {
    match ungrouped(expression) {
        Expr::Paren(inner) => items(&inner.expr),
        Expr::Reference(inner) => items(&inner.expr),
        Expr::Unary(inner) => items(&inner.expr),
        Expr::Array(list) => list.elems.iter().flat_map(items).collect(),
        Expr::Tuple(list) => list.elems.iter().flat_map(items).collect(),
        Expr::Call(call) => call.args.iter().flat_map(items).collect(),
        Expr::Binary(both) => [items(&both.left), items(&both.right)].concat(),
        other => Written::read(other).filter(|written| matches!(written, Written::Item(_))).into_iter().collect(),
    }
}

fn operator(operator: &BinOp) -> Option<Join> {
    match operator {
        BinOp::Or(_) | BinOp::BitOr(_) => Some(Join::Any),
        BinOp::And(_) | BinOp::BitAnd(_) | BinOp::Add(_) => Some(Join::All),
        _ => None,
    }
}

/// Names that say how they join what is in their parentheses.
fn function(name: &str) -> Option<Join> {
    match name {
        "any" | "any_of" | "one_of" | "or" => Some(Join::Any),
        "all" | "all_of" | "and" => Some(Join::All),
        _ => None,
    }
}

fn is_openid(code: &str) -> bool {
    OPENID_SCOPES.contains(&code.trim_matches('"'))
}

#[cfg(test)]
mod tests {
    use super::*;

    fn meant(code: &str, words: Join) -> Meant {
        Meant::read(&syn::parse_str(code).unwrap(), words).unwrap()
    }

    #[test]
    fn a_list_of_any_form_is_written_as_the_key_takes_it() {
        let either =
            "write `roles = any(\"A\", B)` if one of them is enough, or `roles = all(\"A\", B)` if all are needed";
        for (code, remedy) in [
            ("[\"A\", B]", either),
            ("&[\"A\", B]", either),
            ("(\"A\", B)", either),
            ("\"A\" || B", "write `roles = any(\"A\", B)`"),
            ("\"A\" && B", "write `roles = all(\"A\", B)`"),
            ("one_of(\"A\", B)", "write `roles = any(\"A\", B)`"),
            ("any(\"A\", any(B))", "write `roles = any(\"A\", B)`"),
            ("[B]", "write `roles = B`"),
            (
                "any(\"A\", all(B, \"C\"))",
                "write `allow = role(\"A\") || (role(B) && role(\"C\"))` in place of `roles`",
            ),
        ] {
            assert_eq!(meant(code, Join::Unsaid).remedy("roles"), remedy, "{code}");
        }
        let words = Meant::words("Admin, Writer", Join::Unsaid).unwrap();
        assert!(words.remedy("roles").starts_with("write `roles = any(\"Admin\", \"Writer\")` if"));
    }

    #[test]
    fn scopes_of_openid_connect_stay_out_of_policies() {
        for (code, remedy) in [
            ("[\"openid\", \"email\"]", "write `scopes = \"openid email\"`"),
            ("[\"openid\", FilesRead]", "write `scopes = all(\"openid\", FilesRead)`"),
            ("any(\"A\", \"B\")", "write `allow = scope(\"A\") || scope(\"B\")` in place of `scopes`"),
            (
                "all(\"openid A\", any(\"B\", C))",
                "write `scopes = \"openid\", allow = scope(\"A\") && (scope(\"B\") || scope(C))`",
            ),
        ] {
            assert_eq!(meant(code, Join::All).remedy_of_scopes(), remedy, "{code}");
        }
    }
}
