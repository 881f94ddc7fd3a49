//! Microsoft's errors.

use std::collections::BTreeSet;
use std::path::Path;

use azure_auth::{Explanation, explain};
use azure_auth_emulator::{Application, Emulator, ForcedError};
use azure_auth_tests::browser::{Browser, Page};
use azure_auth_tests::document;
use azure_auth_tests::program::Program;
use reqwest::Method;
use serde_json::Value;
use url::form_urlencoded;

use crate::stage::Hybrid;

/// What one failure looks like to everybody who meets it.
struct Seen {
    page: Page,
    document: Value,
    /// The log's line about the page.
    line: String,
}

impl Seen {
    /// Somebody signs in, with a browser, and in a second one with a program that reads the answer.
    async fn of(hybrid: &Hybrid) -> Self {
        let page = Browser::new();
        let page = page.follow(answer_of_provider(hybrid, &page).await).await;
        let program = Browser::new();
        let answer = answer_of_provider(hybrid, &program).await;
        let answer = match answer.location() {
            Some(callback) => program.program(Method::GET, callback).send().await,
            None => program.program(Method::GET, hybrid.program.at("/login")).send().await,
        };
        assert_eq!(answer.header("content-type"), "application/problem+json", "{answer:?}");
        assert_eq!(answer.status, page.status, "{answer:?}");
        let reference = detail(&page, "Reference").unwrap_or_else(|| panic!("no reference on {page:?}"));
        let line = hybrid.line(&[&format!("reference=\"{reference}\"")]);
        let seen = Self { document: answer.json(), page, line };
        seen.assert_is_the_same_everywhere();
        seen
    }

    fn member(&self, name: &str) -> &str {
        self.document[name].as_str().unwrap_or_else(|| panic!("no {name} in {}", self.document))
    }

    /// The page, the document and the log say one thing.
    fn assert_is_the_same_everywhere(&self) {
        for (name, shown) in [("cause", "Cause"), ("found", "Found"), ("expected", "Expected"), ("remedy", "Remedy")] {
            let told = self.member(name);
            assert_eq!(detail(&self.page, shown).as_deref(), Some(told), "{}", self.page.text);
            assert!(self.line.contains(&format!("{name}={told:?}")), "{name}={told:?} is not in {}", self.line);
        }
        let responsible = self.member("responsible");
        assert!(self.line.contains(&format!("responsible={responsible}")), "{}", self.line);
        assert_eq!(self.page.text.contains("This can be fixed by"), responsible != "you", "{}", self.page.text);
        assert_eq!(detail(&self.page, "Reason").as_deref(), self.document["code"].as_str());
        assert_eq!(detail(&self.page, "Microsoft's code").as_deref(), self.document["entra_code"].as_str());
        let sentence = self.member("detail");
        assert!(self.page.text.contains(&escaped(sentence)) || sentence.contains(self.member("cause")), "{sentence}");
    }

    fn assert_says(&self, reason: &str, status: u16, found: &str, sentence: &str, responsible: &str, words: &[&str]) {
        assert_eq!((self.page.status, self.member("code")), (status, reason), "{}", self.line);
        assert_eq!(self.member("found"), found);
        assert!(self.page.text.contains(&escaped(sentence)), "{sentence} is not in {}", self.page.text);
        assert_eq!(self.member("responsible"), responsible);
        for word in words {
            assert!(self.member("remedy").contains(word), "{word} is not in {}", self.member("remedy"));
        }
    }
}

const DEVELOPERS: &str = "the developers of this application";
const ADMINISTRATOR: &str = "the administrator of your organisation";

/// Somebody picks an account: where the provider sends them then, or where they stand already.
async fn answer_of_provider(hybrid: &Hybrid, browser: &Browser) -> Page {
    let page = browser.visit(hybrid.program.at("/login")).await;
    if page.text.contains("Pick an account") { browser.press(&page, "Adele").await } else { page }
}

fn detail(page: &Page, name: &str) -> Option<String> {
    document::detail(&page.text, name)
}

fn escaped(text: &str) -> String {
    text.replace('&', "&amp;").replace('<', "&lt;").replace('>', "&gt;").replace('"', "&quot;").replace('\'', "&#39;")
}

/// What is only known of this application, in the place of what stands for it in the fixed texts.
fn filled_in(text: &str, hybrid: &Hybrid) -> String {
    let redirect_uri = redirect_uri(hybrid);
    let authority = variable(hybrid, "AZURE_ISSUER_URI");
    let authority = authority.trim_end_matches("/v2.0");
    let client_id = variable(hybrid, "AZURE_CLIENT_ID");
    let query: String = form_urlencoded::Serializer::new(String::new())
        .append_pair("client_id", &client_id)
        .append_pair("scope", "https://graph.microsoft.com/.default")
        .append_pair("redirect_uri", &redirect_uri)
        .finish();
    text.replace("<redirect URI>", &redirect_uri)
        .replace("<client id>", &client_id)
        .replace("<authority>", authority)
        .replace("<consent address>", &format!("{authority}/v2.0/adminconsent?{query}"))
}

fn redirect_uri(hybrid: &Hybrid) -> String {
    hybrid.program.at("/authorization-code/callback")
}

fn variable(hybrid: &Hybrid, name: &str) -> String {
    hybrid.emulator.env().into_iter().find(|(known, _)| known == name).unwrap().1
}

/// Descriptions hold names and addresses; nobody repeats them.
fn assert_repeats_nothing(hybrid: &Hybrid, seen: &Seen) {
    for planted in ["adele@contoso.test", "Adele Vance", "a test asked for", "Trace ID", "Timestamp:"] {
        for text in [&seen.page.text, &seen.document.to_string(), &hybrid.log()] {
            assert!(!text.contains(planted), "{planted} in {text}");
        }
    }
}

#[tokio::test]
async fn a_wrong_secret_is_told_from_an_expired_one() {
    let hybrid = Hybrid::with([("AZURE_CLIENT_SECRET", "k7Q~of-another-application.0123456789abcd")]).await;
    let id = variable(&hybrid, "AZURE_CLIENT_ID");
    let seen = Seen::of(&hybrid).await;
    let sentence = "Microsoft did not accept this application's proof of itself.";
    let remedy = ["\"Certificates & secrets\"", "not its \"Secret ID\"", "`AZURE_CLIENT_SECRET`", &id];
    seen.assert_says("code-not-redeemed", 502, "invalid_client (AADSTS7000215)", sentence, DEVELOPERS, &remedy);
    assert!(seen.member("cause").contains("the secret's id in place of its value"), "{}", seen.document);
    assert!(!hybrid.log().contains("k7Q~of-another-application.0123456789abcd"), "the secret is in the log");

    let hybrid = Hybrid::with([]).await;
    hybrid.emulator.force_error(ForcedError::at_token_endpoint("invalid_client", 7_000_222));
    let seen = Seen::of(&hybrid).await;
    let sentence = "This application's proof of itself has expired.";
    let remedy = ["create a client secret", "az ad app credential reset --append --id", "`AZURE_CLIENT_SECRET`"];
    seen.assert_says("code-not-redeemed", 502, "invalid_client (AADSTS7000222)", sentence, DEVELOPERS, &remedy);
    assert_eq!(seen.member("cause"), "the client secret has expired");
    assert_repeats_nothing(&hybrid, &seen);
}

#[tokio::test]
async fn a_tenant_that_does_not_exist_is_told_with_its_address() {
    let emulator = Emulator::start().await.unwrap();
    let issuer = format!("{}/99999999-9999-4999-8999-999999999999/v2.0", emulator.origin());
    let mut environment = emulator.env();
    environment.retain(|(name, _)| name != "AZURE_ISSUER_URI");
    environment.push(("AZURE_ISSUER_URI".to_owned(), issuer.clone()));
    let log = format!("explained-tenant-{}.log", std::process::id());
    let program = Program::start("hybrid", &environment, &Path::new(env!("CARGO_TARGET_TMPDIR")).join(log));
    let hybrid = Hybrid { emulator: emulator.into(), program };

    let page = Browser::new().visit(hybrid.program.at("/login")).await;
    assert_eq!((page.status, detail(&page, "Microsoft's code").as_deref()), (502, Some("AADSTS90002")), "{page:?}");
    assert!(page.text.contains("Microsoft does not know the organisation that this application belongs to."));
    let cause = detail(&page, "Cause").unwrap();
    assert!(cause.contains(issuer.trim_end_matches("/v2.0")), "{cause}");
    let remedy = detail(&page, "Remedy").unwrap();
    assert!(remedy.contains("`AZURE_ISSUER_URI`") && remedy.contains("\"Directory (tenant) ID\""), "{remedy}");
    let line = hybrid.line(&["azure_auth::refusal", "AADSTS90002"]);
    assert!(line.contains(&format!("remedy={remedy:?}")) && line.contains("invalid_tenant (AADSTS90002)"), "{line}");
}

/// At Microsoft nobody comes back from these: what our log says at start is all there is, and what `explain` knows.
#[tokio::test]
async fn what_ends_on_microsofts_own_page_is_known_by_its_code() {
    let hybrid = Hybrid::with([("AZURE_AUTHORIZATION_CODE_ENDPOINT", "/signed-in")]).await;
    let page = Browser::new().visit(hybrid.program.at("/login")).await;
    assert!(page.text.contains("AADSTS50011") && page.address.as_str().starts_with(hybrid.emulator.origin()));
    let line = hybrid.line(&["register the redirect URI"]);
    assert!(line.contains("http://localhost/signed-in"), "{line}");
    let remedy = explain("AADSTS50011").unwrap().remedy;
    assert!(remedy.contains("register exactly `<redirect URI>`") && remedy.contains("`AZURE_PUBLIC_URL`"), "{remedy}");

    let hybrid = Hybrid::with([("AZURE_CLIENT_ID", "99999999-9999-4999-8999-999999999999")]).await;
    let page = Browser::new().visit(hybrid.program.at("/login")).await;
    assert!(page.text.contains("AADSTS700016"), "{page:?}");
    let remedy = explain("AADSTS700016").unwrap().remedy;
    assert!(remedy.contains("`AZURE_CLIENT_ID`") && remedy.contains("`AZURE_ISSUER_URI`"), "{remedy}");
}

#[tokio::test]
async fn an_address_of_another_platform_is_named_with_the_one_to_move_it_to() {
    let registration =
        Application::new("Page").single_page_redirect_uri("http://localhost/authorization-code/callback");
    let hybrid = Hybrid::at(Emulator::builder().application(registration), []).await;
    let seen = Seen::of(&hybrid).await;
    let sentence = "The address of this application is registered for pages in a browser only.";
    let remedy = [&format!("`{}`", redirect_uri(&hybrid)), "platform \"Web\"", "\"Single-page application\""];
    seen.assert_says("code-not-redeemed", 502, "invalid_request (AADSTS9002327)", sentence, DEVELOPERS, &remedy);

    hybrid.emulator.force_error(ForcedError::at_token_endpoint("invalid_request", 9_002_325));
    let seen = Seen::of(&hybrid).await;
    let sentence = "The address of this application is registered for another kind of program.";
    seen.assert_says(
        "code-not-redeemed",
        502,
        "invalid_request (AADSTS9002325)",
        sentence,
        DEVELOPERS,
        &[&format!("move `{}`", redirect_uri(&hybrid)), "\"Single-page application\" to \"Web\""],
    );
    assert_repeats_nothing(&hybrid, &seen);
}

#[tokio::test]
async fn an_administrator_learns_where_to_assign_and_where_to_agree() {
    let hybrid = Hybrid::with([]).await;
    let id = variable(&hybrid, "AZURE_CLIENT_ID");
    hybrid.emulator.force_error(ForcedError::at_redirect("access_denied", 50105));
    let seen = Seen::of(&hybrid).await;
    let sentence = "You are not assigned to this application.";
    let remedy = ["\"Enterprise applications\"", "\"Users and groups\"", &id, "\"Assignment required?\""];
    seen.assert_says("provider-forbids", 403, "access_denied (AADSTS50105)", sentence, ADMINISTRATOR, &remedy);
    assert_repeats_nothing(&hybrid, &seen);

    hybrid.emulator.force_error(ForcedError::at_redirect("access_denied", 53003));
    let seen = Seen::of(&hybrid).await;
    let sentence = "A rule of your organisation does not allow this sign-in.";
    let remedy = ["\"Sign-in logs\"", "correlation id", "\"Conditional Access\"", "names the policy"];
    seen.assert_says("provider-forbids", 403, "access_denied (AADSTS53003)", sentence, ADMINISTRATOR, &remedy);

    for (code, status) in [(65001, 400), (90094, 403)] {
        hybrid.emulator.force_error(ForcedError::at_redirect("consent_required", code));
        let seen = Seen::of(&hybrid).await;
        assert_eq!((seen.page.status, seen.member("responsible")), (status, ADMINISTRATOR), "{}", seen.line);
        let remedy = seen.member("remedy");
        let address = remedy.split('`').find(|part| part.contains("/adminconsent?")).expect(remedy).to_owned();
        assert!(address.contains(&id), "{address}");
        let administrator = Browser::new();
        let page = administrator.visit(&address).await;
        let page = administrator.follow(administrator.press(&page, "Accept").await).await;
        assert!(page.text.contains("Permissions were granted"), "{page:?}");
    }
}

#[tokio::test]
async fn a_spent_code_is_the_visitors_to_begin_again() {
    let hybrid = Hybrid::with([]).await;
    hybrid.emulator.force_error(ForcedError::at_token_endpoint("invalid_grant", 54005));
    let seen = Seen::of(&hybrid).await;
    let sentence = "This sign-in was answered already. Please sign in again.";
    let remedy = ["sign in again", "proxy", "`AZURE_AUTHORIZATION_CODE_ENDPOINT`"];
    seen.assert_says("sign-in-unknown", 400, "invalid_grant (AADSTS54005)", sentence, "you", &remedy);
    assert_repeats_nothing(&hybrid, &seen);
}

#[tokio::test]
async fn an_unknown_code_is_not_the_visitors_fault_and_names_where_to_look_it_up() {
    let hybrid = Hybrid::with([]).await;
    let sentence = "Microsoft reports a problem that this program does not know.";
    let address = ["`https://login.microsoftonline.com/error?code=4242`"];
    hybrid.emulator.force_error(ForcedError::at_redirect("access_denied", 4242));
    let seen = Seen::of(&hybrid).await;
    seen.assert_says("provider-refused", 400, "access_denied (AADSTS4242)", sentence, DEVELOPERS, &address);
    hybrid.emulator.clear_defects();
    hybrid.emulator.force_error(ForcedError::at_token_endpoint("invalid_grant", 4242));
    let seen = Seen::of(&hybrid).await;
    seen.assert_says("code-not-redeemed", 502, "invalid_grant (AADSTS4242)", sentence, DEVELOPERS, &address);

    // Microsoft may say beside it that the person can put it right.
    hybrid.emulator.force_error(ForcedError::at_token_endpoint("invalid_grant", 4242).suberror("basic_action"));
    let seen = Seen::of(&hybrid).await;
    let sentence = "Microsoft has to ask you something first. Please sign in again.";
    seen.assert_says("provider-refused", 400, "invalid_grant (AADSTS4242)", sentence, "you", &address);
    assert_repeats_nothing(&hybrid, &seen);
}

#[tokio::test]
async fn every_code_of_the_page_of_refusals_is_told_at_the_redirect_and_at_the_token_endpoint() {
    let page = include_str!("../../../docs/refusals.md");
    let digits = |text: &str| text.split(|character: char| !character.is_ascii_digit()).next().unwrap().parse().ok();
    let codes: BTreeSet<u32> = page.split("AADSTS").skip(1).filter_map(digits).collect();
    assert!(codes.len() > 150, "{}", codes.len());
    let hybrid = Hybrid::with([]).await;
    for code in codes {
        let expected = explain(&format!("AADSTS{code}")).unwrap_or_else(|| panic!("AADSTS{code}"));
        hybrid.emulator.force_error(ForcedError::at_redirect("invalid_request", code));
        assert_is_told(&hybrid, expected, if expected.status == 403 { 403 } else { 400 }).await;
        hybrid.emulator.clear_defects();
        hybrid.emulator.force_error(ForcedError::at_token_endpoint("invalid_request", code));
        assert_is_told(&hybrid, expected, expected.status).await;
        hybrid.emulator.clear_defects();
    }
    let log = hybrid.log();
    assert!(!log.contains("adele@") && !log.contains("Adele"), "{log}");
}

async fn assert_is_told(hybrid: &Hybrid, expected: &Explanation, status: u16) {
    let browser = Browser::new();
    let page = browser.follow(answer_of_provider(hybrid, &browser).await).await;
    assert_eq!(page.status, status, "{}: {page:?}", expected.code);
    assert_eq!(detail(&page, "Microsoft's code").as_deref(), Some(expected.code), "{page:?}");
    assert!(page.text.contains(&escaped(expected.sentence)), "{}: {}", expected.code, page.text);
    assert_eq!(detail(&page, "Cause"), Some(filled_in(expected.cause, hybrid)), "{}", expected.code);
    assert_eq!(detail(&page, "Remedy"), Some(filled_in(expected.remedy, hybrid)), "{}", expected.code);
    let who = format!("This can be fixed by {}.", expected.responsible);
    assert_eq!(page.text.contains(&who), expected.responsible != azure_auth::Responsible::Visitor, "{}", page.text);
    assert!(!page.text.contains("adele@") && !page.text.contains("Adele Vance"), "{}", page.text);
}

#[tokio::test]
async fn an_error_without_a_code_is_told_by_its_name() {
    let hybrid = Hybrid::with([]).await;
    for error in ["invalid_client", "unauthorized_client", "invalid_scope", "access_denied", "temporarily_unavailable"]
    {
        let expected = explain(error).unwrap();
        hybrid.emulator.force_error(ForcedError::at_token_endpoint(error, None));
        let seen = Seen::of(&hybrid).await;
        assert_eq!(seen.member("found"), error);
        assert_eq!((seen.member("cause"), seen.member("remedy")), (expected.cause, expected.remedy));
        assert!(seen.page.text.contains(&escaped(expected.sentence)), "{}", seen.page.text);
        assert_repeats_nothing(&hybrid, &seen);
    }
}
