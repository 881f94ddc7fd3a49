//! From a code to what it means: ours, Microsoft's, and those of the standards.

use super::explanation::Explanation;
use super::reason::Reason;
use super::{entra_codes, oauth_errors};

/// What a code of a refusal means: the usual cause, the remedy, and who can do it. `None` for anything that is not a code.
///
/// ```
/// let explanation = azure_auth::explain("token-audience").unwrap();
/// assert_eq!(explanation.status, 401);
/// assert!(explanation.remedy.contains("AZURE_AUDIENCE"));
/// ```
///
/// It knows the codes of Microsoft Entra ID as well, and the errors of OAuth 2.0 and OpenID Connect. In angle brackets is
/// what only a running application knows; its log and its pages have it in the place.
///
/// ```
/// let explanation = azure_auth::explain("AADSTS7000222").unwrap();
/// assert_eq!(explanation.cause, "the client secret has expired");
/// assert!(azure_auth::explain("AADSTS50011").unwrap().remedy.contains("register exactly `<redirect URI>`"));
/// assert!(azure_auth::explain("invalid_client").is_some());
/// ```
pub fn explain(code: &str) -> Option<&'static Explanation> {
    let own = || Reason::ALL.iter().map(|reason| reason.explanation()).find(|explanation| explanation.code == code);
    entra_codes::find_text(code)
        .or_else(own)
        .or_else(|| oauth_errors::find(code))
        .or_else(|| oauth_errors::find_suberror(code))
}

#[cfg(test)]
mod tests {
    use std::collections::HashSet;
    use std::fmt::Write;

    use super::*;
    use crate::model::refusals::explanation::Responsible;

    #[test]
    fn every_code_is_stable_text_and_found_by_it() {
        let codes: HashSet<&str> = Reason::ALL.iter().map(|reason| reason.code()).collect();
        assert_eq!(codes.len(), Reason::ALL.len(), "no code twice");
        for reason in Reason::ALL {
            let explanation = reason.explanation();
            assert!(explanation.code.bytes().all(|byte| byte.is_ascii_lowercase() || byte == b'-'), "{reason:?}");
            assert!((400..600).contains(&explanation.status), "{reason:?}");
            assert!(explanation.sentence.ends_with('.'), "{reason:?}");
            for text in [explanation.cause, explanation.remedy] {
                assert!(!text.is_empty() && !text.ends_with('.'), "{reason:?}");
            }
            let names_something = ["`", "\"", "sign in again"].iter().any(|mark| explanation.remedy.contains(mark));
            assert!(names_something, "{reason:?}: a setting, a page of the portal, a command or a call");
            assert_eq!(explain(explanation.code), Some(explanation));
        }
        for text in ["nothing", "", "AADSTS", "AADSTS999", "AADSTS+50105", "AADSTS050105", "aadsts50105", "50105"] {
            assert_eq!(explain(text), None, "{text}");
        }
    }

    /// The part of the page that no table holds.
    const BY_SURPRISE: &str = "\n## Refused by surprise\n\n\
        * `foreign-origin` for a form of the application itself, in Safari and other browsers made of WebKit: \
        `<form method=\"post\" target=\"_blank\">`\n  opens a window without an opener, and WebKit says \
        `Sec-Fetch-Site: cross-site` of its request, beside our own `Origin`. Write\n  `rel=\"opener\"` on the form, or \
        name the window (`target=\"receipt\"`).\n";

    const MICROSOFT: &str = "\n## Microsoft's codes\n\n\
        What Microsoft Entra ID reports, at the redirect URI, at the token endpoint and in place of its discovery document. In \
        angle brackets is\nwhat the log and the page say in full: the redirect URI to register, the address where an \
        administrator agrees, the client id\nand the tenant's address. The status is that of the answer; at the redirect URI it is \
        400 in place of 502. A code that is not here: \n`https://login.microsoftonline.com/error?code=<the digits>`. In a program: \
        `azure_auth::explain(\"AADSTS7000222\")`.\n\n\
        | code | status | usual cause | remedy | who |\n|---|---|---|---|---|\n";

    const ERRORS: &str = "\n## Errors without a code\n\n\
        What counts where a provider sends an error of OAuth 2.0 or OpenID Connect without a code of Microsoft; the last eight \
        are Microsoft's\n`suberror`.\n\n\
        | error | status | usual cause | remedy | who |\n|---|---|---|---|---|\n";

    fn write_row(page: &mut String, codes: &str, explanation: &Explanation) {
        let Explanation { status, cause, remedy, responsible, .. } = explanation;
        let who = match responsible {
            Responsible::Developer => "developer",
            Responsible::TenantAdministrator => "tenant administrator",
            Responsible::Visitor => "visitor",
        };
        writeln!(page, "| {codes} | {status} | {cause} | {remedy} | {who} |").unwrap();
    }

    /// `AZURE_AUTH_UPDATE_DOCUMENTS=1` writes the page anew.
    #[test]
    fn the_page_of_refusals_is_complete_and_up_to_date() {
        let mut page = String::from(
            "# Refusals\n\nEverything that `azure-auth` refuses, by the code that appears in answers and in the log. \
             A code never changes its\nmeaning. In a program: `azure_auth::explain(\"token-audience\")`.\n\n\
             | code | status | usual cause | remedy | who |\n|---|---|---|---|---|\n",
        );
        for explanation in Reason::ALL.iter().map(|reason| reason.explanation()) {
            write_row(&mut page, &format!("`{}`", explanation.code), explanation);
        }
        page.push_str(BY_SURPRISE);
        page.push_str(MICROSOFT);
        for codes in entra_codes::rows() {
            let names: Vec<String> = codes.iter().map(|code| format!("`AADSTS{code}`")).collect();
            write_row(&mut page, &names.join(", "), entra_codes::find(codes[0]).unwrap());
        }
        page.push_str(ERRORS);
        for explanation in oauth_errors::ERRORS.iter().chain(oauth_errors::SUBERRORS) {
            write_row(&mut page, &format!("`{}`", explanation.code), explanation);
        }
        // The page is the repository's: a package does not have it.
        if std::fs::exists(concat!(env!("CARGO_MANIFEST_DIR"), "/Cargo.toml.orig")).unwrap() {
            return;
        }
        let path = concat!(env!("CARGO_MANIFEST_DIR"), "/../docs/refusals.md");
        if std::env::var_os("AZURE_AUTH_UPDATE_DOCUMENTS").is_some() {
            std::fs::write(path, &page).unwrap();
        }
        assert!(std::fs::read_to_string(path).unwrap() == page, "run this test with AZURE_AUTH_UPDATE_DOCUMENTS=1");
    }
}
