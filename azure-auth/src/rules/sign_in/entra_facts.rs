//! An error of Entra, told with the facts of this application.

use std::borrow::Cow;
use std::fmt::Write;

use url::form_urlencoded;

use super::entra_error::{CODE, EntraError, LOOK_UP_ADDRESS};
use crate::model::refusals::entra_codes::{AUTHORITY, CLIENT_ID, CONSENT_ADDRESS, REDIRECT_URI};
use crate::model::refusals::explanation::{Explanation, Responsible};
use crate::model::settings::authority::Authority;

/// What a text may name. None of it is secret.
#[derive(Clone, Copy, Debug)]
pub(crate) struct EntraFacts<'a> {
    pub(crate) client_id: &'a str,
    pub(crate) authority: &'a Authority,
    /// Unknown where the request came for a host that nobody signs in at.
    pub(crate) redirect_uri: Option<&'a str>,
}

/// What visitors, developers and administrators are told.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(crate) struct EntraTold {
    pub(crate) sentence: &'static str,
    pub(crate) cause: Cow<'static, str>,
    pub(crate) remedy: Cow<'static, str>,
    pub(crate) responsible: Responsible,
}

impl EntraError {
    /// The explanation with everything in its place.
    pub(crate) fn told(&self, facts: &EntraFacts<'_>) -> EntraTold {
        let Explanation { sentence, cause, remedy, responsible, .. } = *self.explanation();
        let mut remedy = self.with_code(facts.fill_in(remedy));
        if let Some(code) = self.code
            && !self.is_known()
            && !remedy.contains(LOOK_UP_ADDRESS)
        {
            let _ = write!(remedy.to_mut(), "; `{LOOK_UP_ADDRESS}{code}` has Microsoft's own words");
        }
        EntraTold { sentence, cause: self.with_code(facts.fill_in(cause)), remedy, responsible }
    }

    fn with_code(&self, text: Cow<'static, str>) -> Cow<'static, str> {
        match self.code {
            Some(code) if text.contains(CODE) => Cow::Owned(text.replace(CODE, &code.to_string())),
            _ => text,
        }
    }
}

impl EntraFacts<'_> {
    /// A placeholder without a fact stays: it is a text as well.
    fn fill_in(&self, text: &'static str) -> Cow<'static, str> {
        let mut filled = Cow::Borrowed(text);
        let mut replace = |placeholder: &str, fact: &dyn Fn() -> Option<String>| {
            if filled.contains(placeholder)
                && let Some(fact) = fact()
            {
                filled = Cow::Owned(filled.replace(placeholder, &fact));
            }
        };
        replace(REDIRECT_URI, &|| self.redirect_uri.map(ToOwned::to_owned));
        replace(CLIENT_ID, &|| Some(self.client_id.to_owned()));
        replace(AUTHORITY, &|| Some(self.authority.address()));
        replace(CONSENT_ADDRESS, &|| self.consent_address());
        filled
    }

    /// Where an administrator agrees for everybody to the permissions that the registration lists (entra-facts §5.6).
    fn consent_address(&self) -> Option<String> {
        let mut address = self.authority.consent_address()?;
        let mut query = form_urlencoded::Serializer::new(String::new());
        query.append_pair("client_id", self.client_id).append_pair("scope", "https://graph.microsoft.com/.default");
        if let Some(redirect_uri) = self.redirect_uri {
            query.append_pair("redirect_uri", redirect_uri);
        }
        let _ = write!(address, "?{}", query.finish());
        Some(address)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    const TENANT: &str = "aaaaaaaa-0000-4000-8000-000000000001";
    const CLIENT: &str = "cccccccc-0000-4000-8000-000000000001";
    const REDIRECT: &str = "https://app.example.com/authorization-code/callback";

    fn told(code: u32, issuer: &str, redirect_uri: Option<&str>) -> EntraTold {
        let description = format!("AADSTS{code}: 'adele@contoso.com' <b> planted");
        let authority = Authority::parse(issuer).unwrap();
        let facts = EntraFacts { client_id: CLIENT, authority: &authority, redirect_uri };
        EntraError::read("invalid_request", Some(&description)).told(&facts)
    }

    fn public(tenant: &str) -> String {
        format!("https://login.microsoftonline.com/{tenant}/v2.0")
    }

    #[test]
    fn what_has_to_be_registered_or_opened_is_named_to_the_letter() {
        let remedy = |code| told(code, &public(TENANT), Some(REDIRECT)).remedy;
        for code in [50011, 500_113, 900_971, 500_112, 70004, 9_002_325, 9_002_327, 700_025] {
            assert!(remedy(code).contains(&format!("`{REDIRECT}`")), "AADSTS{code}: {}", remedy(code));
        }
        let consent = format!(
            "`https://login.microsoftonline.com/{TENANT}/v2.0/adminconsent?client_id={CLIENT}&\
             scope=https%3A%2F%2Fgraph.microsoft.com%2F.default&\
             redirect_uri=https%3A%2F%2Fapp.example.com%2Fauthorization-code%2Fcallback`"
        );
        for code in [65001, 65004, 90093, 90094, 90095] {
            assert!(remedy(code).contains(&consent), "AADSTS{code}: {}", remedy(code));
        }
        assert!(remedy(50105).contains(CLIENT));
        let unknown = told(700_016, &public(TENANT), None).cause;
        assert!(unknown.contains(CLIENT) && unknown.contains(&format!("https://login.microsoftonline.com/{TENANT}")));
    }

    #[test]
    fn nobody_consents_for_everybody_at_common() {
        for tenant in ["common", "consumers", "organizations"] {
            let remedy = told(65001, &public(tenant), None).remedy;
            assert!(remedy.contains("/organizations/v2.0/adminconsent?"), "{remedy}");
            assert!(!remedy.contains("redirect_uri"), "{remedy}");
        }
    }

    #[test]
    fn without_a_fact_the_text_reads_all_the_same() {
        assert!(told(50011, &public(TENANT), None).remedy.contains("register exactly `<redirect URI>` under"));
        let at_other_provider = told(65001, "https://accounts.example.com", Some(REDIRECT)).remedy;
        assert!(at_other_provider.contains("`<consent address>`"), "{at_other_provider}");
    }

    #[test]
    fn an_unknown_code_is_not_the_visitors_fault_and_names_where_to_look_it_up() {
        let told = |error: &str, suberror: Option<&str>| {
            let authority = Authority::parse(&public(TENANT)).unwrap();
            let facts = EntraFacts { client_id: CLIENT, authority: &authority, redirect_uri: None };
            EntraError::read(error, Some("AADSTS12345: x")).with_suberror(suberror).told(&facts)
        };
        for error in ["invalid_grant", "access_denied", "login_required", "server_error", "invented"] {
            let told = told(error, None);
            assert_eq!(told.responsible, Responsible::Developer, "{error}");
            assert!(told.remedy.contains("`https://login.microsoftonline.com/error?code=12345`"), "{}", told.remedy);
            assert!(told.cause.contains("12345") && told.sentence.contains("does not know"), "{told:?}");
        }
        assert!(told("server_error", None).sentence.contains("later"));
        let person = told("invalid_grant", Some("basic_action"));
        assert_eq!(person.responsible, Responsible::Visitor);
        assert!(person.remedy.contains("`https://login.microsoftonline.com/error?code=12345`"), "{}", person.remedy);
        assert_eq!(told("invalid_grant", Some("planted <b>")), told("invalid_grant", None));
    }
}
