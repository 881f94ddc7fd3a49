//! A provider that is wrong, broken, slow or gone: nobody is signed in, nothing is retried blindly, everything else goes
//! on, and the next attempt works.

use std::collections::HashSet;

use azure_auth::AzureAuth;
use azure_auth_emulator::{Defect, Emulator};
use azure_auth_tests::browser::Page;
use azure_auth_tests::scene::{Scene, auth, builder};

/// The tenant by its id: by domain, whatever tenant the discovery document names is believed, and only tokens tell.
const CONTOSO: &str = "aaaaaaaa-0000-4000-8000-000000000001";

/// What becomes of a sign-in while the provider has one defect.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
enum Outcome {
    /// A page with this status and this reason, and no session.
    Refused(u16, &'static str),
    /// As refused, after the library's own time limit.
    TimedOut(u16, &'static str),
    /// Relying parties live with it.
    SignedIn,
}
use Outcome::{Refused, SignedIn, TimedOut};

const TOKEN: Outcome = Refused(502, "id-token-refused");
const ANSWER: Outcome = Refused(502, "token-answer-refused");
const CALLBACK: Outcome = Refused(400, "callback-malformed");
const CODE: Outcome = Refused(502, "code-not-redeemed");
const PROVIDER: Outcome = Refused(502, "provider-unavailable");

/// Every defect there is, at an authority that names one tenant.
const TABLE: &[(Defect, Outcome)] = &[
    (Defect::SignatureBroken, TOKEN),
    (Defect::AlgorithmNone, TOKEN),
    (Defect::AlgorithmHs256WithPublicKey, TOKEN),
    (Defect::AlgorithmRs384, TOKEN),
    (Defect::IssuerWrong, TOKEN),
    (Defect::IssuerMissing, TOKEN),
    (Defect::IssuerWithExtraPath, TOKEN),
    (Defect::AudienceWrong, TOKEN),
    (Defect::AudienceMissing, TOKEN),
    (Defect::AudienceList, TOKEN),
    (Defect::AudienceListOfOthers, TOKEN),
    (Defect::AudiencesWithoutParty, TOKEN),
    (Defect::AuthorizedPartyWrong, TOKEN),
    (Defect::ExpiryMissing, TOKEN),
    (Defect::Expired, TOKEN),
    (Defect::ExpiredByFraction, TOKEN),
    (Defect::ExpiryAsText, TOKEN),
    (Defect::NotBeforeInFuture, TOKEN),
    (Defect::IssuedInFuture, TOKEN),
    (Defect::IssuedAtMissing, TOKEN),
    (Defect::NonceWrong, TOKEN),
    (Defect::NonceMissing, TOKEN),
    (Defect::TenantWrong, TOKEN),
    (Defect::TenantMissing, TOKEN),
    (Defect::TenantNotId, TOKEN),
    (Defect::TenantDuplicated, TOKEN),
    (Defect::SubjectMissing, TOKEN),
    (Defect::ObjectMissing, TOKEN),
    (Defect::KeyUnknown, TOKEN),
    (Defect::KeyMissing, TOKEN),
    (Defect::KeyMissingOfSeveral, TOKEN),
    (Defect::KeyForeignCloud, TOKEN),
    (Defect::KeyOfConsumers, TOKEN),
    (Defect::KeyRetired, TOKEN),
    (Defect::AccessTokenHashWrong, TOKEN),
    (Defect::CriticalHeader, TOKEN),
    (Defect::Encrypted, TOKEN),
    (Defect::IdTokenMissing, Refused(502, "id-token-refused")),
    (Defect::AccessTokenMissing, ANSWER),
    (Defect::TokenTypeMissing, ANSWER),
    (Defect::TokenTypeOther, ANSWER),
    // Who only signs people in needs nothing of an access token but that the answer is one.
    (Defect::NumbersAsText, SignedIn),
    (Defect::ScopesMissing, SignedIn),
    (Defect::ScopesInOtherCase, SignedIn),
    (Defect::ScopesFurther, SignedIn),
    (Defect::ScopesNotGranted, SignedIn),
    (Defect::AccessTokenForAnother, SignedIn),
    (Defect::IdTokenOversized, TOKEN),
    (Defect::IdTokenNotJwt, TOKEN),
    (Defect::ForeignTenant, TOKEN),
    (Defect::VersionOne, TOKEN),
    (Defect::StateWrong, Refused(400, "sign-in-unknown")),
    (Defect::StateMissing, CALLBACK),
    (Defect::StateDuplicated, CALLBACK),
    (Defect::CodeMissing, CALLBACK),
    (Defect::CodeDuplicated, CALLBACK),
    (Defect::ErrorWithScript, Refused(400, "provider-refused")),
    (Defect::ErrorNotAssigned, Refused(403, "provider-forbids")),
    (Defect::ErrorConditionalAccess, Refused(403, "provider-forbids")),
    (Defect::IssuerParameterWrong, CALLBACK),
    (Defect::TokenServerError, PROVIDER),
    (Defect::TokenHtml, PROVIDER),
    (Defect::TokenHuge, PROVIDER),
    (Defect::TokenRedirects, PROVIDER),
    (Defect::TokenSlow, TimedOut(504, "provider-timeout")),
    (Defect::TokenSecretExpired, CODE),
    (Defect::TokenCodeSpent, Refused(400, "sign-in-unknown")),
    (Defect::TokenThrottled, PROVIDER),
    (Defect::UserInfoOfAnother, SignedIn),
    (Defect::UserInfoRefused, SignedIn),
    // Entra ID is never asked for names there, and the ordinary provider writes them into its ID tokens.
    (Defect::UserInfoSlow, SignedIn),
    (Defect::DiscoveryServerError, PROVIDER),
    (Defect::DiscoveryHtml, PROVIDER),
    (Defect::DiscoveryHuge, PROVIDER),
    (Defect::DiscoveryRedirects, PROVIDER),
    (Defect::DiscoverySlow, TimedOut(504, "provider-timeout")),
    (Defect::DiscoveryIssuerWrong, PROVIDER),
    (Defect::DiscoveryOpenEndpoint, PROVIDER),
    (Defect::DiscoveryEmpty, PROVIDER),
    (Defect::KeysServerError, PROVIDER),
    (Defect::KeysHtml, PROVIDER),
    (Defect::KeysHuge, PROVIDER),
    (Defect::KeysRedirect, PROVIDER),
    (Defect::KeysSlow, TimedOut(504, "provider-timeout")),
    (Defect::KeysEmpty, PROVIDER),
    (Defect::KeysOneBroken, SignedIn),
    (Defect::KeysWithEllipticCurve, SignedIn),
    (Defect::ClockAhead, SignedIn),
    (Defect::ClockBehind, SignedIn),
    // Of other credentials than a secret.
    (Defect::ManagedIdentityUnavailable, SignedIn),
    (Defect::ManagedIdentityThrottled, SignedIn),
    (Defect::ManagedIdentityHtml, SignedIn),
    (Defect::ManagedIdentityTokenExpired, SignedIn),
    (Defect::FederatedTokenExpired, SignedIn),
    (Defect::FederatedTokenForAnother, SignedIn),
];

/// Those that concern tenants and clouds: an ordinary provider has none.
const OF_ENTRA: [Defect; 9] = [
    Defect::TenantWrong,
    Defect::TenantMissing,
    Defect::TenantNotId,
    Defect::TenantDuplicated,
    Defect::ObjectMissing,
    Defect::ForeignTenant,
    Defect::VersionOne,
    Defect::KeyForeignCloud,
    Defect::KeyOfConsumers,
];

#[test]
fn every_defect_has_one_row() {
    let rows: HashSet<Defect> = TABLE.iter().map(|(defect, _)| *defect).collect();
    let missing: Vec<&Defect> = Defect::ALL.iter().filter(|defect| !rows.contains(defect)).collect();
    assert!(missing.is_empty(), "without an expectation: {missing:?}");
    assert_eq!((rows.len(), TABLE.len()), (Defect::ALL.len(), Defect::ALL.len()), "one row each");
    let refusals = TABLE.iter().filter(|(_, outcome)| *outcome != SignedIn).count();
    assert!(refusals >= 30, "{refusals}");
}

#[tokio::test]
async fn every_defect_of_a_tenant_is_refused_and_the_next_attempt_works() {
    for (defect, outcome) in quick() {
        judge(CONTOSO, defect, outcome).await;
    }
}

#[tokio::test]
async fn every_defect_of_the_common_authority_is_refused_and_the_next_attempt_works() {
    // Its tokens may name any listed tenant, so one of another listed tenant is a good one. Everything else is refused
    // there as well, by rules that follow the token's tenant.
    let of_tokens = quick().filter(|(defect, outcome)| *outcome == TOKEN && *defect != Defect::ForeignTenant);
    for (defect, outcome) in of_tokens {
        judge("common", defect, outcome).await;
    }
}

#[tokio::test]
async fn every_defect_of_an_ordinary_provider_is_refused_and_the_next_attempt_works() {
    for (defect, outcome) in quick().filter(|(defect, _)| !OF_ENTRA.contains(defect)) {
        // Such a provider need not name its one key, and may write its one audience as a list.
        let is_allowed = matches!(defect, Defect::KeyMissing | Defect::AudienceList);
        let outcome = if is_allowed { SignedIn } else { outcome };
        judge("plain", defect, outcome).await;
    }
}

/// The library waits ten seconds and no longer; these wait for it, all at the same time.
#[tokio::test]
async fn a_provider_that_does_not_answer_is_given_up_and_the_next_attempt_works() {
    let slow: Vec<(Defect, Outcome)> =
        TABLE.iter().copied().filter(|(_, outcome)| matches!(outcome, TimedOut(..))).collect();
    let [first, second, third] = slow.try_into().unwrap();
    let wait = |(defect, outcome)| judge(CONTOSO, defect, outcome);
    tokio::join!(wait(first), wait(second), wait(third));
}

fn quick() -> impl Iterator<Item = (Defect, Outcome)> {
    TABLE.iter().copied().filter(|(_, outcome)| !matches!(outcome, TimedOut(..)))
}

/// One sign-in with the defect and, in the same browser, one without.
async fn judge(authority: &str, defect: Defect, outcome: Outcome) {
    let context = format!("{defect:?} at {authority}");
    let emulator = Emulator::start().await.unwrap();
    let auth = AzureAuth::from_variables(emulator.env_for(authority)).unwrap();
    let scene = Scene::of(emulator, auth.clone()).await;
    scene.emulator.inject(defect);

    let page = scene.browser.sign_in(&scene.application, "Adele").await;
    let is_signed_in = scene.browser.is_signed_in(&scene.application).await;
    match outcome {
        SignedIn => assert!(is_signed_in, "{context}: {page:?}"),
        Refused(status, reason) | TimedOut(status, reason) => {
            assert_eq!((page.status, page.reason().as_deref()), (status, Some(reason)), "{context}: {page:?}");
            assert!(!is_signed_in, "{context}");
            assert!(scene.browser.session_cookie("localhost").is_none(), "{context}: a session cookie");
            assert_is_safe_page(&page, &context);
        }
    }
    let transcript = scene.emulator.transcript();
    let asked = |end: &str| transcript.iter().filter(|exchange| exchange.path.ends_with(end)).count();
    assert!(asked("/token") <= 1, "{context}: a code is never redeemed twice");
    assert!(!transcript.iter().any(|exchange| exchange.path.starts_with("/elsewhere")), "{context}: followed");

    scene.emulator.clear_defects();
    // For a second people share what the first of them was told; the program itself asks at once.
    auth.warm_up().await.unwrap_or_else(|error| panic!("{context}, put right: {error}"));
    let page = scene.browser.sign_in(&scene.application, "Adele").await;
    assert_eq!((page.status, page.text.as_str()), (200, "<p>Welcome, Adele Vance!</p>"), "{context}, put right");
    assert!(scene.browser.is_signed_in(&scene.application).await, "{context}, put right");
}

/// A page with a number to ask about, that nobody frames or stores, without what the provider wrote.
fn assert_is_safe_page(page: &Page, context: &str) {
    assert_eq!(page.header("content-type"), "text/html; charset=utf-8", "{context}");
    assert_eq!(page.header("cache-control"), "no-store", "{context}");
    assert_eq!(page.header("x-frame-options"), "DENY", "{context}");
    let reference = azure_auth_tests::document::detail(&page.text, "Reference").unwrap_or_default();
    assert_eq!(reference.len(), 8, "{context}: {}", page.text);
    for foreign in ["<script", "onerror", "adele@contoso.test", "Please sign in to the network", "eyJhbGci", "eyJ0eXAi"]
    {
        assert!(!page.text.contains(foreign), "{context}: {foreign} in {}", page.text);
    }
}

#[tokio::test]
async fn without_its_provider_an_application_goes_on_with_everything_but_signing_in() {
    let scene = Scene::new().await;
    scene.browser.sign_in(&scene.application, "Adele").await;
    let restarted = auth(&scene.emulator, &[]);
    let Scene { emulator, application, entries, browser } = scene;
    drop(emulator);
    application.restart(azure_auth_tests::guestbook::guestbook(restarted, &entries));

    assert_eq!(browser.visit(application.at("/")).await.text, "<p>Welcome, Adele Vance!</p>");
    assert_eq!(browser.visit(application.at("/me")).await.status, 200);
    let stranger = azure_auth_tests::browser::Browser::new();
    assert_eq!(stranger.visit(application.at("/")).await.text, "<p>Welcome, stranger!</p>");
    for path in ["/login", "/me"] {
        let page = stranger.visit(application.at(path)).await;
        assert_eq!((page.status, page.reason().as_deref()), (502, Some("provider-unavailable")), "{path}");
        assert!(page.text.contains("cannot be reached at the moment"), "{}", page.text);
        assert_eq!(page.set_cookies(), Vec::<&str>::new(), "no attempt was begun");
    }
    let signed_out = browser.press(&browser.open(application.at("/logout")).await, "Sign out").await;
    assert_eq!(signed_out.status, 303, "ours is over, whatever becomes of the provider's");
    assert!(!browser.is_signed_in(&application).await);
}

#[tokio::test]
async fn a_provider_that_went_away_after_it_was_asked_is_missed_at_the_callback_only() {
    let scene = Scene::new().await;
    let accounts = scene.browser.visit(scene.at("/login")).await;
    let back = scene.browser.press(&accounts, "Adele").await;
    let Scene { emulator, application, browser, .. } = scene;
    drop(emulator);
    let page = browser.follow(back).await;
    assert_eq!((page.status, page.reason().as_deref()), (502, Some("provider-unavailable")));
    assert!(!browser.is_signed_in(&application).await);
}

#[tokio::test]
async fn one_visitor_asks_a_broken_provider_for_all_who_come_within_a_second() {
    let emulator = Emulator::start().await.unwrap();
    let auth = auth(&emulator, &[]);
    let scene = Scene::of(emulator, auth.clone()).await;
    scene.emulator.inject(Defect::DiscoveryServerError);
    let began = std::time::Instant::now();
    for _ in 0..5 {
        let page = scene.browser.open(scene.at("/login")).await;
        assert_eq!((page.status, page.reason().as_deref()), (502, Some("provider-unavailable")));
    }
    let asked = scene.emulator.transcript().len();
    assert!(asked <= 1 + usize::try_from(began.elapsed().as_secs()).unwrap(), "{asked}");
    scene.emulator.clear_defects();
    auth.warm_up().await.unwrap();
    for _ in 0..3 {
        assert_eq!(scene.browser.open(scene.at("/login")).await.status, 302);
    }
    assert_eq!(scene.emulator.transcript().len(), asked + 2, "then discovery and keys once for all");
}

#[tokio::test]
async fn visitors_who_come_at_the_same_time_share_one_fetch() {
    let scene = Scene::new().await;
    let visit = || scene.browser.open(scene.at("/login"));
    let pages = tokio::join!(visit(), visit(), visit(), visit());
    for page in [pages.0, pages.1, pages.2, pages.3] {
        assert_eq!(page.status, 302);
    }
    assert_eq!(scene.emulator.transcript().len(), 2, "{:?}", scene.emulator.transcript());
}

#[tokio::test]
async fn what_developers_need_is_on_the_page_at_their_own_machine_only() {
    let scene = Scene::new().await;
    scene.emulator.inject(Defect::DiscoveryIssuerWrong);
    let here = scene.browser.open(scene.at("/login")).await;
    assert!(here.text.contains("99999999-9999-4999-8999-999999999999"), "{}", here.text);
    for mark in ["x-forwarded-for", "x-forwarded-host", "forwarded", "via"] {
        let call = scene.browser.navigation(reqwest::Method::GET, scene.at("/login")).header(mark, "203.0.113.7");
        let page = call.send().await;
        assert_eq!(page.status, 502);
        assert!(!page.text.contains("99999999") && !page.text.contains("For developers"), "{mark}: {}", page.text);
    }
    scene.restart(builder(&scene.emulator, &[("AZURE_EXPLAIN", "1")]).build().unwrap());
    let call = scene.browser.navigation(reqwest::Method::GET, scene.at("/login")).header("via", "1.1 proxy");
    assert!(call.send().await.text.contains("99999999-9999-4999-8999-999999999999"), "AZURE_EXPLAIN");
}
