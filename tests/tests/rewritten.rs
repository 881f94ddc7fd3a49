//! An application that rewrites errors loses neither the way to the sign-in nor what programs are told; what it decides on
//! purpose stays.

#![allow(clippy::needless_pass_by_value, reason = "Poem hands arguments over by value")]

use azure_auth::{AzureAuth, Endpoints, Refused, User, guard};
use azure_auth_emulator::Emulator;
use azure_auth_tests::application::Application;
use azure_auth_tests::browser::{Browser, Page};
use azure_auth_tests::log::{self, Log};
use azure_auth_tests::scene::auth;
use poem::endpoint::BoxEndpoint;
use poem::http::StatusCode;
use poem::web::{Html, Json, Redirect};
use poem::{Endpoint, EndpointExt, IntoResponse, Request, Response, Route, get, handler};
use reqwest::Method;

#[azure_auth::public]
#[handler]
fn home(user: Option<User>) -> Html<String> {
    Html(format!("<p>Welcome, {}!</p>", user.as_ref().map_or("stranger", User::display_name)))
}

#[azure_auth::protect]
#[handler]
fn me(user: User) -> String {
    user.display_name().to_owned()
}

#[azure_auth::protect(roles = "Admin")]
#[handler]
fn admin() -> &'static str {
    "for administrators"
}

fn table() -> Endpoints {
    azure_auth::endpoints! {
        "/"      => get(home),
        "/me"    => get(me).post(me),
        "/admin" => get(admin),
    }
}

/// What middleware makes of the table.
type Rewriter = fn(Endpoints) -> Endpoints;

/// Rewrites every error: its name, the body it writes, the status of what is not found.
const REWRITERS: &[(&str, &str, u16, Rewriter)] = &[
    ("a bare 500", "", 500, |table| table.catch_all_error(|_| async { StatusCode::INTERNAL_SERVER_ERROR })),
    ("a page with 200", "<p>sorry</p>", 200, |table| table.catch_all_error(|_| async { Html("<p>sorry</p>") })),
    ("JSON with 200", r#"{"ok":false}"#, 200, |table| {
        table.catch_all_error(|_| async { Json(serde_json::json!({"ok": false})) })
    }),
    ("a redirect of its own", "", 303, |table| table.catch_all_error(|_| async { Redirect::see_other("/error") })),
    ("the status alone", "sorry", 404, |table| {
        table.catch_all_error(|error| async move { "sorry".with_status(error.status()) })
    }),
    ("400 for everything, by after", "sorry", 400, |table| {
        table.after(|outcome: poem::Result<Response>| async {
            Ok(outcome.unwrap_or_else(|_| "sorry".with_status(StatusCode::BAD_REQUEST).into_response()))
        })
    }),
    ("another error, by around", "sorry", 503, |table| {
        table.around(|table, request| async move {
            table.call(request).await.map_err(|_| poem::Error::from_string("sorry", StatusCode::SERVICE_UNAVAILABLE))
        })
    }),
    ("the answer changed in place", "sorry", 418, |table| {
        table.catch_all_error(|error| async move {
            let mut answer = error.into_response();
            answer.set_status(StatusCode::IM_A_TEAPOT);
            answer.headers_mut().clear();
            answer.set_body("sorry");
            answer
        })
    }),
];

/// Alex, who is nobody's administrator.
struct Visit {
    emulator: Emulator,
    browser: Browser,
    application: Application,
}

impl Visit {
    async fn to<E: Endpoint + 'static>(build: impl FnOnce(AzureAuth) -> E) -> Self
    where
        E::Output: IntoResponse,
    {
        log::install();
        let emulator = Emulator::start().await.expect("an emulator");
        let auth = auth(&emulator, &[]);
        let application = Application::start(build(auth)).await;
        Self { emulator, browser: Browser::new(), application }
    }

    async fn page(&self, path: &str) -> Page {
        self.browser.open(self.application.at(path)).await
    }

    async fn script(&self, path: &str) -> Page {
        self.browser.script(&Page::of(&self.application.at("/")), Method::GET, self.application.at(path)).send().await
    }

    async fn sign_in(&self) {
        self.browser.sign_in(&self.application, "Alex").await;
        assert!(self.browser.is_signed_in(&self.application).await);
    }
}

#[tokio::test]
async fn a_refusal_survives_code_that_rewrites_every_error() {
    for (name, body, not_found, rewrite) in REWRITERS {
        let visit = Visit::to(|auth| rewrite(table()).with(auth)).await;

        // Whoever opens a page goes to sign in, with the cookie of the attempt.
        let sent = visit.page("/me").await;
        assert_eq!(sent.status, 302, "{name}: {sent:?}");
        assert!(sent.header("location").starts_with(visit.emulator.origin()), "{name}: {sent:?}");
        assert!(!sent.set_cookies().is_empty() && sent.header("cache-control") == "no-store", "{name}: {sent:?}");

        // A script is told, in the application's words where there are some.
        let refused = visit.script("/me").await;
        assert_eq!(
            (refused.status, refused.header("www-authenticate").is_empty()),
            (401, false),
            "{name}: {refused:?}"
        );
        assert!(refused.header("location").is_empty(), "{name}: {refused:?}");
        if body.is_empty() {
            assert_eq!(refused.reason().as_deref(), Some("not-signed-in"), "{name}: {refused:?}");
        } else {
            assert_eq!(refused.text, *body, "{name}");
        }

        // A program with a bad token learns that it is bad.
        let call =
            visit.browser.program(Method::GET, visit.application.at("/me")).header("authorization", "Bearer a.b.c");
        let refused = call.send().await;
        let challenge = refused.header("www-authenticate");
        assert!(refused.status == 401 && challenge.contains("error=\"invalid_token\""), "{name}: {refused:?}");

        // What is not a refusal stays as the application rewrote it.
        assert_eq!(visit.script("/missing").await.status, *not_found, "{name}");
        assert_eq!(visit.page("/").await.text, "<p>Welcome, stranger!</p>", "{name}");

        visit.sign_in().await;
        assert_eq!(visit.page("/me").await.text, "Alex Wilber", "{name}");
        let refused = visit.page("/admin").await;
        assert_eq!(refused.status, 403, "{name}: {refused:?}");
        assert!(if body.is_empty() { refused.text.contains("role-missing") } else { refused.text == *body }, "{name}");
        // A request that changes something, from another site.
        let call = visit.browser.program(Method::POST, visit.application.at("/me"));
        let refused = call.header("origin", "https://evil.example").send().await;
        assert_eq!(refused.status, 403, "{name}: {refused:?}");
    }
}

#[tokio::test]
async fn that_answers_are_put_back_is_said_once() {
    let (log, _guard) = Log::begin();
    let visit =
        Visit::to(|auth| table().catch_all_error(|_| async { StatusCode::INTERNAL_SERVER_ERROR }).with(auth)).await;
    for _ in 0..3 {
        visit.page("/me").await;
    }
    assert_eq!(log.lines("the application rewrites errors").len(), 1);
}

#[tokio::test]
async fn an_application_that_takes_a_refusal_decides_about_it() {
    // Its words, with the status of the refusal: a 401 has its challenge in any case.
    let words = |refused: Refused| async move {
        Html(format!("<p>own words: {}</p>", refused.code())).with_status(refused.status())
    };
    let visit = Visit::to(|auth| table().catch_error(words).with(auth)).await;
    let refused = visit.script("/me").await;
    assert_eq!((refused.status, refused.text.as_str()), (401, "<p>own words: not-signed-in</p>"));
    assert!(refused.header("www-authenticate").starts_with("Bearer "), "{refused:?}");
    let sent = visit.page("/me").await;
    assert!(sent.status == 302 && !sent.header("location").is_empty(), "{sent:?}");
    visit.sign_in().await;
    let refused = visit.page("/admin").await;
    assert_eq!((refused.status, refused.text.as_str()), (403, "<p>own words: role-missing</p>"));

    // A page of its own in the place of the redirect.
    let ask =
        |_: Refused| async { Html("<a href=\"/login\">Sign in, please</a>").with_status(StatusCode::UNAUTHORIZED) };
    let visit = Visit::to(|auth| table().catch_error(ask).with(auth)).await;
    let asked = visit.page("/me").await;
    assert_eq!((asked.status, asked.header("location")), (401, ""), "{asked:?}");
    assert_eq!(visit.browser.click(&asked, "Sign in, please").await.status, 302);
    visit.sign_in().await;
    assert_eq!(visit.page("/me").await.text, "Alex Wilber");

    // Something else altogether, around a router as around a table.
    let hide = |_: Refused| async { "nothing here".with_status(StatusCode::NOT_FOUND) };
    let router = Route::new().at("/me", get(me)).catch_error(hide);
    for visit in
        [Visit::to(|auth| table().catch_error(hide).with(auth)).await, Visit::to(|auth| router.with(auth)).await]
    {
        for answer in [visit.page("/me").await, visit.script("/me").await] {
            assert_eq!((answer.status, answer.text.as_str()), (404, "nothing here"), "{answer:?}");
            assert!(answer.header("location").is_empty() && answer.header("www-authenticate").is_empty(), "{answer:?}");
        }
    }
}

#[tokio::test]
async fn who_takes_a_refusal_out_of_any_error_decides_and_who_only_looks_does_not() {
    let takes = |error: poem::Error| async move {
        match error.downcast::<Refused>() {
            Ok(refused) => refused.code().with_status(StatusCode::GONE).into_response(),
            Err(_) => StatusCode::INTERNAL_SERVER_ERROR.into_response(),
        }
    };
    let visit = Visit::to(|auth| table().catch_all_error(takes).with(auth)).await;
    for answer in [visit.page("/me").await, visit.script("/me").await] {
        assert_eq!((answer.status, answer.text.as_str()), (410, "not-signed-in"), "{answer:?}");
    }
    let looks = |error: poem::Error| async move {
        let code = error.downcast_ref::<Refused>().map(Refused::code);
        format!("sorry: {}, {error}", code.unwrap_or_default()).with_status(StatusCode::GONE)
    };
    let visit = Visit::to(|auth| {
        table().inspect_err(|refused: &Refused| assert!(!refused.code().is_empty())).catch_all_error(looks).with(auth)
    })
    .await;
    assert_eq!(visit.page("/me").await.status, 302);
    let refused = visit.script("/me").await;
    assert!(refused.status == 401 && refused.text.starts_with("sorry: not-signed-in"), "{refused:?}");
}

/// A request of the application's own, with what the one from outside carries.
fn own_request(of: &Request, path: &str) -> Request {
    let mut request = Request::builder().uri_str(path).finish();
    request.headers_mut().clone_from(of.headers());
    request.extensions_mut().clone_from(of.extensions());
    request
}

async fn text(outcome: poem::Result<Response>) -> String {
    match outcome {
        Ok(response) => response.into_body().into_string().await.unwrap_or_default(),
        Err(error) => format!("refused with {}", error.status().as_u16()),
    }
}

/// Asks for several things in place of one, and answers with all of them.
fn batch(paths: &'static [&'static str], and_itself: bool) -> impl Fn(AzureAuth) -> BoxEndpoint<'static, Response> {
    move |auth| {
        let all = move |table: std::sync::Arc<Endpoints>, request: Request| async move {
            let mut texts = Vec::new();
            for path in paths {
                texts.push(text(table.call(own_request(&request, path)).await).await);
            }
            if and_itself {
                texts.push(text(table.call(request).await).await);
            }
            Ok::<_, poem::Error>(Json(texts).into_response())
        };
        table().around(all).with(auth).boxed()
    }
}

#[tokio::test]
async fn a_refusal_of_a_request_that_the_application_made_is_the_applications_affair() {
    for (path, paths, and_itself, expected) in [
        ("/", &["/me"][..], false, r#"["refused with 401"]"#),
        ("/", &["/me", "/admin"], false, r#"["refused with 401","refused with 401"]"#),
        ("/", &["/me"], true, r#"["refused with 401","<p>Welcome, stranger!</p>"]"#),
    ] {
        let visit = Visit::to(batch(paths, and_itself)).await;
        let answer = visit.script(path).await;
        assert_eq!((answer.status, answer.text.as_str()), (200, expected), "{path}");
    }
    // One was admitted before, and one after.
    for (path, paths, expected) in [
        ("/admin", &["/me"][..], r#"["Alex Wilber","refused with 403"]"#),
        ("/me", &["/admin"], r#"["refused with 403","Alex Wilber"]"#),
    ] {
        let visit = Visit::to(batch(paths, true)).await;
        visit.sign_in_from_outside().await;
        let answer = visit.script(path).await;
        assert_eq!((answer.status, answer.text.as_str()), (200, expected), "{path}");
    }
}

impl Visit {
    /// Without a look at what the application makes of it.
    async fn sign_in_from_outside(&self) {
        let page = self.browser.visit(self.application.at("/login")).await;
        self.browser.pick(&page, "Alex").await;
    }
}

#[tokio::test]
async fn whoever_is_refused_one_thing_may_be_served_another_on_purpose() {
    let visit = Visit::to(|auth| {
        table()
            .around(|table, request| async move {
                let other = own_request(&request, "/me");
                match table.call(request).await {
                    Ok(response) => Ok(response),
                    Err(_) => table.call(other).await,
                }
            })
            .with(auth)
    })
    .await;
    visit.sign_in().await;
    let answer = visit.page("/admin").await;
    assert_eq!((answer.status, answer.text.as_str()), (200, "Alex Wilber"));
}

#[tokio::test]
async fn a_request_that_middleware_changed_is_still_the_one_from_outside() {
    let visit = Visit::to(|auth| {
        table()
            .before(|mut request: Request| async move {
                if request.uri().path() == "/old" {
                    *request.uri_mut() = poem::http::Uri::from_static("/me");
                }
                Ok(request)
            })
            .catch_all_error(|_| async { "sorry" })
            .with(auth)
    })
    .await;
    assert_eq!(visit.page("/old").await.status, 302);
    assert_eq!(visit.script("/old").await.status, 401);
}

#[tokio::test]
async fn a_guard_around_a_router_is_put_back_as_a_handlers_is() {
    let visit = Visit::to(|auth| {
        Route::new()
            .nest("/admin", Route::new().at("/", get(me)).with(guard!(roles = "Admin")))
            .nest("/people", Route::new().at("/", get(admin)).with(guard!()))
            .catch_all_error(|_| async { "sorry" })
            .with(auth)
    })
    .await;
    for path in ["/admin", "/people"] {
        assert_eq!(visit.page(path).await.status, 302, "{path}");
        assert_eq!(visit.script(path).await.status, 401, "{path}");
    }
    visit.sign_in_from_outside().await;
    assert_eq!(visit.script("/admin").await.status, 403);
    // The router's guard lets in, the handler's does not: one request still.
    assert_eq!(visit.script("/people").await.status, 403);
}
