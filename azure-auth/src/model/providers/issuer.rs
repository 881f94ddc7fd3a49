//! The `iss` value one checks.

/// What the discovery document says about `iss`: one literal issuer, or a template with `{tenantid}`.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(crate) enum IssuerPattern {
    Literal(String),
    Template { before: String, after: String },
}

const PLACEHOLDER: &str = "{tenantid}";

impl IssuerPattern {
    pub(crate) fn parse(text: &str) -> Self {
        match text.split_once(PLACEHOLDER) {
            Some((before, after)) => Self::Template { before: before.to_owned(), after: after.to_owned() },
            None => Self::Literal(text.to_owned()),
        }
    }

    /// Whether `issuer` fits this pattern with some tenant id in the placeholder's place.
    pub(crate) fn is_possible(&self, issuer: &str) -> bool {
        match self {
            Self::Literal(literal) => literal == issuer,
            Self::Template { before, after } => issuer
                .strip_prefix(before.as_str())
                .and_then(|rest| rest.strip_suffix(after.as_str()))
                .is_some_and(|tenant| tenant.parse::<azure_auth_policy::Guid>().is_ok()),
        }
    }

    /// The issuer with `tenant` in the placeholder's place.
    pub(crate) fn of_tenant(&self, tenant: &str) -> String {
        match self {
            Self::Literal(literal) => literal.clone(),
            Self::Template { before, after } => format!("{before}{tenant}{after}"),
        }
    }

    /// Whether `issuer` is this pattern, byte for byte, with `tenant` as the token wrote it in the placeholder's place.
    pub(crate) fn matches(&self, issuer: &str, tenant: Option<&str>) -> bool {
        match self {
            Self::Literal(literal) => literal == issuer,
            Self::Template { before, after } => tenant.is_some_and(|tenant| {
                let rest = issuer.strip_prefix(before.as_str()).and_then(|rest| rest.strip_suffix(after.as_str()));
                rest == Some(tenant)
            }),
        }
    }
}

impl std::fmt::Display for IssuerPattern {
    fn fmt(&self, formatter: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        match self {
            Self::Literal(literal) => formatter.write_str(literal),
            Self::Template { before, after } => write!(formatter, "{before}{PLACEHOLDER}{after}"),
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_template_matches_only_with_the_tenant_of_the_token() {
        let template = IssuerPattern::parse("https://login.example/{tenantid}/v2.0");
        assert!(template.matches("https://login.example/a/v2.0", Some("a")));
        assert!(!template.matches("https://login.example/a/v2.0", Some("b")));
        assert!(!template.matches("https://login.example/a/v2.0", None));
        assert!(!template.matches("https://login.example/{tenantid}/v2.0", Some("a")));
        assert!(!template.matches("https://login.example/v2.0", Some("")));
        assert!(!template.matches("https://login.example/a/v2.0/", Some("a")));
    }

    #[test]
    fn a_literal_matches_byte_for_byte() {
        let literal = IssuerPattern::parse("https://login.example/a/v2.0");
        assert!(literal.matches("https://login.example/a/v2.0", None));
        assert!(!literal.matches("https://LOGIN.example/a/v2.0", None));
        assert!(!literal.matches("https://login.example/a/v2.0/", None));
    }
}
