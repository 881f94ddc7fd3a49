//! The parameter `claims` (OpenID Connect Core 1.0 §5.5), as far as Entra knows it.

use serde_json::{Map, Value, json};

use crate::faults::entra_error::EntraError;

/// What a client asks tokens to prove, by the kind of token.
#[derive(Clone, Debug, Default, PartialEq)]
pub(crate) struct ClaimsRequest(Option<Value>);

/// Of tokens that are made for a test.
pub(crate) static NO_CLAIMS: ClaimsRequest = ClaimsRequest(None);

impl ClaimsRequest {
    /// Reads the parameter.
    pub(crate) fn parse(text: &str) -> Result<Self, EntraError> {
        if let Ok(Value::Object(members)) = serde_json::from_str(text) {
            return Ok(Self(Some(Value::Object(members))));
        }
        let text = "The request isn't valid: the parameter 'claims' is not a JSON object.";
        Err(EntraError::new("invalid_request", 90023, text))
    }

    /// What both ask for. What the other one asks for counts where they differ.
    pub(crate) fn and(&self, other: &Self) -> Self {
        let kinds = ["access_token", "id_token"].map(|kind| {
            let members = [self, other].map(|asked| asked.of(kind).as_object().cloned().unwrap_or_default());
            let both: Map<String, Value> = members.into_iter().flatten().collect();
            (kind, both)
        });
        let asked: Map<String, Value> = kinds
            .into_iter()
            .filter(|(_, both)| !both.is_empty())
            .map(|(kind, both)| (kind.to_owned(), both.into()))
            .collect();
        Self(Some(Value::Object(asked)))
    }

    /// The same, and what the parameter of a request asks for, if there is one.
    pub(crate) fn and_parameter(&self, text: Option<&str>) -> Result<Self, EntraError> {
        text.map_or_else(|| Ok(self.clone()), |text| Ok(self.and(&Self::parse(text)?)))
    }

    /// Whether a token that was asked to prove this proves all that an API demands of it.
    pub(crate) fn satisfies(&self, demanded: &Self) -> bool {
        let mut demanded = demanded.of("access_token").as_object().into_iter().flatten();
        demanded.all(|(name, value)| self.of("access_token")[name] == *value)
    }

    /// Whether the client can deal with demands of an API (`cp1`).
    pub(crate) fn is_capable(&self) -> bool {
        let capabilities = self.of("access_token")["xms_cc"]["values"].as_array().into_iter().flatten();
        capabilities.filter_map(Value::as_str).any(|capability| capability.eq_ignore_ascii_case("cp1"))
    }

    /// `acrs` of a token of this kind: the authentication contexts that it was asked to prove.
    pub(crate) fn contexts(&self, kind: &str) -> Option<Vec<String>> {
        let asked = &self.of(kind)["acrs"];
        let values = asked["values"].as_array().cloned().unwrap_or_default();
        let contexts = [asked["value"].clone()].into_iter().chain(values);
        let contexts: Vec<String> = contexts.filter_map(|context| context.as_str().map(ToOwned::to_owned)).collect();
        (!contexts.is_empty()).then_some(contexts)
    }

    fn of(&self, kind: &str) -> &Value {
        self.0.as_ref().map_or(&Value::Null, |asked| &asked[kind])
    }
}

impl std::fmt::Display for ClaimsRequest {
    fn fmt(&self, formatter: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        write!(formatter, "{}", self.0.as_ref().unwrap_or(&json!({})))
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    const STEP_UP: &str = r#"{"access_token":{"acrs":{"essential":true,"value":"c1"}}}"#;

    #[test]
    fn a_token_proves_what_it_was_asked_to_and_nothing_else() {
        let demanded = ClaimsRequest::parse(STEP_UP).unwrap();
        for (asked, expected) in [
            (STEP_UP, true),
            (r#"{"access_token":{"acrs":{"value":"c1","essential":true},"xms_cc":{"values":["cp1"]}}}"#, true),
            (r#"{"access_token":{"xms_cc":{"values":["CP1"]}}}"#, false),
            (r#"{"id_token":{"acrs":{"essential":true,"value":"c1"}}}"#, false),
            (r#"{"access_token":{"acrs":{"essential":true,"value":"c2"}}}"#, false),
            ("{}", false),
        ] {
            assert_eq!(ClaimsRequest::parse(asked).unwrap().satisfies(&demanded), expected, "{asked}");
        }
        assert!(ClaimsRequest::default().satisfies(&ClaimsRequest::default()));
    }

    #[test]
    fn two_requests_ask_for_what_both_do() {
        let capable = ClaimsRequest::parse(r#"{"access_token":{"xms_cc":{"values":["cp1"]}}}"#).unwrap();
        let step_up = ClaimsRequest::parse(STEP_UP).unwrap();
        for both in [capable.and(&step_up), step_up.and(&capable)] {
            assert!(both.is_capable() && both.satisfies(&step_up), "{both}");
        }
        assert_eq!(NO_CLAIMS.and(&NO_CLAIMS).to_string(), "{}");
    }

    #[test]
    fn what_is_not_an_object_is_refused() {
        for text in ["", "x", "[]", "\"{}\"", "{"] {
            assert_eq!(ClaimsRequest::parse(text).unwrap_err().code, Some(90023), "{text}");
        }
    }

    #[test]
    fn contexts_and_capabilities_are_read() {
        let both = r#"{"access_token":{"acrs":{"values":["c1","c2"]},"xms_cc":{"values":["CP1"]}}}"#;
        let both = ClaimsRequest::parse(both).unwrap();
        assert_eq!(both.contexts("access_token"), Some(vec!["c1".to_owned(), "c2".to_owned()]));
        assert!(both.is_capable() && both.contexts("id_token").is_none());
        assert!(!ClaimsRequest::parse(STEP_UP).unwrap().is_capable());
    }
}
