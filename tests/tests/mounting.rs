//! Where the layer may be mounted: nested, behind proxies, inside and outside of middleware. Sign-in works there, or the first
//! request says why it cannot and nobody is sent to a provider whose answer would be lost.

#![allow(clippy::needless_pass_by_value, reason = "Poem hands arguments over by value")]

use azure_auth::{AzureAuth, Endpoints, User};
use azure_auth_emulator::{Application as Registration, Emulator};
use azure_auth_tests::application::Application;
use azure_auth_tests::browser::{Browser, Page};
use azure_auth_tests::log::{self, Log};
use azure_auth_tests::proxy::Proxy;
use azure_auth_tests::scene::builder;
use poem::endpoint::BoxEndpoint;
use poem::error::{NotFoundError, ResponseError};
use poem::http::StatusCode;
use poem::middleware::{CatchPanic, Cors, NormalizePath, SetHeader, TrailingSlash};
use poem::web::Html;
use poem::{Endpoint, EndpointExt, IntoResponse, Response, Route, get, handler};
use reqwest::Method;

#[azure_auth::public]
#[handler]
fn home(user: Option<User>) -> Html<String> {
    Html(format!("<p>Welcome, {}!</p>", user.as_ref().map_or("stranger", User::display_name)))
}

#[azure_auth::protect]
#[handler]
fn me(user: User) -> String {
    format!("signed in: {}", user.display_name())
}

fn table() -> Endpoints {
    azure_auth::endpoints! {
        "/"   => get(home),
        "/me" => get(me),
    }
}

fn route() -> Route {
    Route::new().at("/", get(home)).at("/me", get(me))
}

/// An application that was built for its own origin.
type Mounted = BoxEndpoint<'static, Response>;
type Build = fn(AzureAuth, &str) -> Mounted;

fn boxed<E>(endpoint: E) -> Mounted
where
    E: Endpoint + 'static,
    E::Output: IntoResponse,
{
    endpoint.map_to_response().boxed()
}

/// What was mounted where.
struct Mount {
    name: &'static str,
    /// The value of `AZURE_PUBLIC_URL`.
    prefix: &'static str,
    /// What a proxy in front takes away.
    taken: &'static str,
    build: Build,
}

const fn mount(name: &'static str, prefix: &'static str, build: Build) -> Mount {
    Mount { name, prefix, taken: "", build }
}

const fn behind_proxy(name: &'static str, prefix: &'static str, taken: &'static str, build: Build) -> Mount {
    Mount { name, prefix, taken, build }
}

const MOUNTS: &[Mount] = &[
    mount("a table", "", |auth, _| boxed(table().with(auth))),
    mount("a router", "", |auth, _| boxed(route().with(auth))),
    // Below a path.
    mount("nested", "/app", |auth, _| boxed(Route::new().nest("/app", table().with(auth)))),
    mount("nested, written with a slash", "/app/", |auth, _| boxed(Route::new().nest("/app/", table().with(auth)))),
    mount("nested twice", "/a/b", |auth, _| {
        boxed(Route::new().nest("/a", Route::new().nest("/b", route().with(auth))))
    }),
    mount("nested, and the path kept", "/app", |auth, _| {
        let route = Route::new().at("/app", get(home)).at("/app/", get(home)).at("/app/me", get(me));
        boxed(Route::new().nest_no_strip("/app", route.with(auth)))
    }),
    mount("half of the path kept", "/a/b", |auth, _| {
        let route = Route::new().at("/b", get(home)).at("/b/", get(home)).at("/b/me", get(me));
        boxed(Route::new().nest("/a", Route::new().nest_no_strip("/b", route.with(auth))))
    }),
    mount("around a router with the path", "/app", |auth, _| boxed(Route::new().nest("/app", table()).with(auth))),
    mount("around a table with the path", "/app", |auth, _| {
        boxed(azure_auth::endpoints! { "/app" => nest(table()) }.with(auth))
    }),
    mount("nested beside another application", "/app", |auth, _| {
        boxed(Route::new().nest("/app", table().with(auth)).nest("/", Route::new().at("/me", get(home))))
    }),
    mount("in a row with a tail", "", |auth, _| {
        boxed(Route::new().at("/", get(home)).at("/*rest", route().with(auth)))
    }),
    behind_proxy("behind a proxy that takes the path away", "/app", "/app", |auth, _| boxed(table().with(auth))),
    behind_proxy("the same, written with a slash", "/app/", "/app", |auth, _| boxed(route().with(auth))),
    behind_proxy("behind a proxy that takes a part, nested below the rest", "/a/b", "/a", |auth, _| {
        boxed(Route::new().nest("/b", table().with(auth)))
    }),
    behind_proxy("behind a proxy that takes a part, around the rest", "/a/b", "/a", |auth, _| {
        boxed(Route::new().nest("/b", table()).with(auth))
    }),
    // Middleware outside.
    mount("inside of Cors that names the own origin", "", |auth, origin| {
        boxed(
            table()
                .with(auth)
                .with(Cors::new().allow_credentials(true).allow_origins([origin, "https://partner.test"])),
        )
    }),
    mount("inside of NormalizePath that trims", "", |auth, _| {
        boxed(table().with(auth).with(NormalizePath::new(TrailingSlash::Trim)))
    }),
    mount("inside of NormalizePath that merges", "", |auth, _| {
        boxed(table().with(auth).with(NormalizePath::new(TrailingSlash::MergeOnly)))
    }),
    mount("inside of NormalizePath that adds a slash", "", |auth, _| {
        let route = Route::new().at("/", get(home)).at("/me/", get(me));
        boxed(route.with(auth).with(NormalizePath::new(TrailingSlash::Always)))
    }),
    mount("inside of NormalizePath, nested", "/app", |auth, _| {
        boxed(Route::new().nest("/app", table().with(auth)).with(NormalizePath::new(TrailingSlash::Trim)))
    }),
    behind_proxy("inside of NormalizePath, behind a proxy that takes the path away", "/app", "/app", |auth, _| {
        boxed(table().with(auth).with(NormalizePath::new(TrailingSlash::Trim)))
    }),
    mount("inside of CatchPanic, after, around, SetHeader and catch_all_error", "", |auth, _| {
        boxed(
            table()
                .with(auth)
                .with(CatchPanic::new())
                .after(|outcome: poem::Result<Response>| async { outcome })
                .around(|endpoint, request| async move { endpoint.call(request).await })
                .with(SetHeader::new().overriding("x-outside", "yes"))
                .catch_error(|_: NotFoundError| async { StatusCode::NOT_FOUND })
                .catch_all_error(|_| async { StatusCode::INTERNAL_SERVER_ERROR }),
        )
    }),
    // Middleware inside.
    mount("outside of Cors", "", |auth, _| {
        boxed(table().with(Cors::new().allow_origin("https://partner.test")).with(auth))
    }),
    mount("outside of NormalizePath", "", |auth, _| {
        boxed(table().with(NormalizePath::new(TrailingSlash::Trim)).with(auth))
    }),
    mount("outside of CatchPanic and SetHeader", "", |auth, _| {
        boxed(table().with(CatchPanic::new()).with(SetHeader::new().overriding("x-inside", "yes")).with(auth))
    }),
    mount("outside of catch_error", "", |auth, _| {
        boxed(table().catch_error(|_: NotFoundError| async { "nothing here" }).with(auth))
    }),
    mount("outside of catch_error that answers as refusals do", "", |auth, _| {
        boxed(table().catch_error(|refused: azure_auth::Refused| async move { refused.as_response() }).with(auth))
    }),
    mount("outside of catch_all_error", "", |auth, _| {
        boxed(table().catch_all_error(|_| async { StatusCode::INTERNAL_SERVER_ERROR }).with(auth))
    }),
    mount("outside of catch_all_error around a router", "", |auth, _| {
        boxed(
            route()
                .catch_all_error(|error| async move { Html(format!("<p>sorry: {}</p>", error.status())) })
                .with(auth),
        )
    }),
    mount("outside of after that makes a page of every error", "", |auth, _| {
        boxed(
            route()
                .after(|outcome| async { Ok::<_, poem::Error>(outcome.unwrap_or_else(|_| "sorry".into_response())) })
                .with(auth),
        )
    }),
    mount("outside of around that makes a page of every error", "", |auth, _| {
        let sorry = |endpoint: std::sync::Arc<Route>, request| async move {
            Ok(endpoint.call(request).await.unwrap_or_else(|error| error.to_string().into_response()))
        };
        boxed(route().around(sorry).with(auth))
    }),
    // More than one.
    mount("twice", "", |auth, _| boxed(table().with(auth.clone()).with(auth))),
    mount("twice around a router", "", |auth, _| boxed(route().with(auth.clone()).with(auth))),
    mount("twice, with middleware between", "/app", |auth, _| {
        let inner = route().with(auth.clone()).with(CatchPanic::new());
        boxed(Route::new().nest("/app", inner).with(SetHeader::new().overriding("x-between", "yes")).with(auth))
    }),
    mount("one around each of two parts", "", |auth, _| {
        boxed(Route::new().at("/me", get(me).with(auth.clone())).nest("/", Route::new().at("/", get(home)).with(auth)))
    }),
];

/// Somebody's browser, and an application that is mounted somewhere.
struct Visit {
    emulator: Emulator,
    browser: Browser,
    application: Application,
    proxy: Option<Proxy>,
    prefix: &'static str,
}

const CALLBACK: &str = "/authorization-code/callback";

impl Visit {
    async fn to(mount: &Mount) -> Self {
        log::install();
        let Mount { prefix, taken, build, .. } = *mount;
        let prefix = prefix.trim_end_matches('/');
        let redirect_uri = format!("http://localhost{prefix}{CALLBACK}");
        let registration = Registration::new("Mounted").redirect_uri(redirect_uri);
        let emulator = Emulator::builder().application(registration).start().await.expect("an emulator");
        let application = Application::start(Route::new()).await;
        let proxy = if taken.is_empty() { None } else { Some(Proxy::taking_away(taken).await) };
        if let Some(proxy) = &proxy {
            proxy.put_before(vec![application.address()]);
        }
        let visit = Self { emulator, browser: Browser::new(), application, proxy, prefix };
        // Without a path the variable may be missing on this machine.
        let url = format!("{}{}", visit.origin(), mount.prefix);
        let changes = [("AZURE_PUBLIC_URL", if mount.prefix.is_empty() { "" } else { &url })];
        let auth = builder(&visit.emulator, &changes).build().expect("settings that are complete");
        visit.application.restart(build(auth, &visit.origin()));
        visit
    }

    fn origin(&self) -> String {
        self.proxy.as_ref().map_or_else(|| self.application.at(""), Proxy::origin)
    }

    fn at(&self, path: &str) -> String {
        format!("{}{}{path}", self.origin(), self.prefix)
    }

    async fn script(&self, path: &str) -> Page {
        self.browser.script(&Page::of(&self.at("/")), Method::GET, self.at(path)).send().await
    }

    async fn is_signed_in(&self) -> bool {
        let answer = self.script("/session").await;
        assert!(matches!(answer.status, 200 | 401), "{answer:?}");
        answer.status == 200
    }
}

#[tokio::test]
async fn people_sign_in_and_out_wherever_the_layer_stands() {
    for mount in MOUNTS {
        let name = mount.name;
        let visit = Visit::to(mount).await;
        let (browser, at) = (&visit.browser, |path: &str| visit.at(path));

        // A person who opens a page.
        let sent = browser.open(at("/me?tab=1")).await;
        assert_eq!(sent.status, 302, "{name}: {sent:?}");
        assert_eq!(sent.location_parameter("redirect_uri"), Some(at(CALLBACK)), "{name}");
        // A script.
        let refused = visit.script("/me").await;
        assert_eq!(refused.status, 401, "{name}: {refused:?}");
        assert!(refused.header("www-authenticate").starts_with("Bearer "), "{name}: {refused:?}");

        // The way back from the provider.
        let accounts = browser.follow(sent).await;
        let page = browser.pick(&accounts, "Adele").await;
        assert_eq!((page.status, page.address.as_str()), (200, at("/me?tab=1").as_str()), "{name}: {page:?}");
        assert_eq!(page.text, "signed in: Adele Vance", "{name}");
        assert!(visit.is_signed_in().await, "{name}");
        let again = browser.open(at("/login?return_to=/outside")).await;
        assert_eq!(again.status, 302, "{name}");

        // The sign-out.
        let question = browser.open(at("/logout")).await;
        let leaving = browser.press(&question, "Sign out").await;
        assert_eq!(leaving.status, 303, "{name}: {leaving:?}");
        assert_eq!(leaving.location_parameter("post_logout_redirect_uri"), Some(at(CALLBACK)), "{name}");
        let landed = browser.follow(leaving).await;
        assert_eq!((landed.status, landed.address.as_str()), (200, at(CALLBACK).as_str()), "{name}: {landed:?}");
        assert!(!visit.is_signed_in().await, "{name}");
        // Its links stay with the application.
        let start = browser.click(&landed, "Start page").await;
        assert_eq!((start.status, start.text.as_str()), (200, "<p>Welcome, stranger!</p>"), "{name}: {start:?}");
        let sent = browser.click(&landed, "Sign in again").await;
        assert_eq!(sent.location_parameter("redirect_uri"), Some(at(CALLBACK)), "{name}: {sent:?}");
    }
}

/// What is mounted where nobody can sign in, and what the log says about it.
struct Mistake {
    name: &'static str,
    prefix: &'static str,
    /// Below which the application answers.
    nested: &'static str,
    remedy: &'static str,
    build: Build,
}

const MISTAKES: &[Mistake] = &[
    Mistake {
        name: "nested, and the public URL has no path",
        prefix: "",
        nested: "/app",
        remedy: "as in `http://localhost",
        build: |auth, _| boxed(Route::new().nest("/app", table().with(auth))),
    },
    Mistake {
        name: "nested below another path than that of the public URL",
        prefix: "/other",
        nested: "/app",
        remedy: "put `.with(auth)` around the whole application, or, if browsers reach this part below that path",
        build: |auth, _| boxed(Route::new().nest("/app", route().with(auth))),
    },
    Mistake {
        name: "the path kept, and the public URL has none",
        prefix: "",
        nested: "/app",
        remedy: "is mounted at \"/app\" of a router",
        build: |auth, _| {
            let route = Route::new().at("/app", get(home)).at("/app/me", get(me));
            boxed(Route::new().nest_no_strip("/app", route.with(auth)))
        },
    },
    Mistake {
        name: "around one handler",
        prefix: "",
        nested: "",
        remedy: "is mounted at \"/me\" of a router",
        build: |auth, _| boxed(Route::new().at("/me", get(me).with(auth)).at("/", get(home))),
    },
    Mistake {
        name: "around a part with a tail",
        prefix: "",
        nested: "/admin",
        remedy: "is mounted at \"/admin/*rest\" of a router",
        build: |auth, _| {
            let route = Route::new().at("/admin/me", get(me)).at("/admin/home", get(home));
            boxed(Route::new().at("/admin/*rest", route.with(auth)))
        },
    },
    Mistake {
        name: "inside of another layer with the same paths",
        prefix: "",
        nested: "",
        remedy: "an `AzureAuth` is inside another one",
        build: |auth, _| {
            let other = AzureAuth::builder()
                .client_id("22222222-aaaa-4bbb-8ccc-222222222222")
                .client_secret("another secret of more than thirty-two characters")
                .issuer_uri("http://127.0.0.1:9/aaaaaaaa-0000-4000-8000-000000000001");
            boxed(route().with(auth).with(other.build().expect("settings that are complete")))
        },
    },
];

#[tokio::test]
async fn where_the_way_back_would_be_lost_nobody_is_sent_away_and_the_log_says_why_once() {
    for Mistake { name, prefix, nested, remedy, build } in MISTAKES {
        let (log, _guard) = Log::begin();
        let mut visit = Visit::to(&Mount { name, prefix, taken: "", build: *build }).await;
        visit.prefix = nested;

        let page = visit.browser.open(visit.at("/me")).await;
        assert_eq!((page.status, page.reason().as_deref()), (500, Some("layer-misplaced")), "{name}: {page:?}");
        assert!(page.set_cookies().is_empty() && page.location().is_none(), "{name}");
        let script = visit.script("/me").await;
        assert_eq!((script.status, script.reason().as_deref()), (401, Some("not-signed-in")), "{name}");
        for path in ["/login", "/authorization-code/callback?code=a&state=b", "/logout", "/session"] {
            let answer = visit.browser.open(visit.at(path)).await;
            // Around a part the library's own paths are not even asked for, or another layer's.
            let is_elsewhere = answer.status == 404 || name.contains("another layer");
            let is_named = (answer.status, answer.reason().as_deref()) == (500, Some("layer-misplaced"));
            assert!(is_elsewhere || is_named, "{name}: {path}: {answer:?}");
        }
        let lines = log.lines("nobody can sign in here");
        assert_eq!(lines.len(), 1, "{name}: {lines:?}");
        assert!(lines[0].contains(remedy) && lines[0].contains("ERROR"), "{name}: {lines:?}");
    }
}

#[tokio::test]
async fn what_only_takes_access_tokens_may_stand_anywhere() {
    let emulator = Emulator::start().await.unwrap();
    let (log, _guard) = Log::begin();
    let auth = builder(&emulator, &[("AZURE_CLIENT_SECRET", "")]).build().unwrap();
    let rows = azure_auth::endpoints! { "/" => nest(table()), "/logins" => get(home) };
    let api = Route::new().at("/login", get(home)).at("/session", get(home)).nest("/", rows);
    let application = Application::start(Route::new().nest("/api", api.with(auth))).await;
    let token = emulator.access_token().user("adele@contoso.test").scope("Files.Read").issue();
    let browser = Browser::new();
    let call = || browser.program(Method::GET, application.at("/api/me"));
    assert_eq!(call().send().await.status, 401);
    let answer = call().header("authorization", &format!("Bearer {token}")).send().await;
    assert_eq!((answer.status, answer.text.as_str()), (200, "signed in: Adele Vance"));
    // What is ours elsewhere is the application's here.
    for path in ["/api/login", "/api/session"] {
        assert_eq!(browser.open(application.at(path)).await.text, "<p>Welcome, stranger!</p>", "{path}");
    }
    assert_eq!(log.lines("nobody can sign in here"), Vec::<String>::new());
}

#[tokio::test]
async fn a_part_leaves_the_paths_of_the_library_to_the_whole() {
    let parts: Build = |auth, _| {
        let api = Route::new().at("/login", get(home)).at("/me", get(me));
        boxed(Route::new().nest("/api", api.with(auth.clone())).nest("/", table().with(auth)))
    };
    let visit = Visit::to(&Mount { name: "parts", prefix: "", taken: "", build: parts }).await;
    assert_eq!(visit.browser.open(visit.at("/api/login")).await.text, "<p>Welcome, stranger!</p>");
    let accounts = visit.browser.visit(visit.at("/api/me")).await;
    let page = visit.browser.pick(&accounts, "Adele").await;
    assert_eq!((page.address.path(), page.text.as_str()), ("/api/me", "signed in: Adele Vance"));
}

/// Before there were prefixes, the paths could be set one by one. They still can.
#[tokio::test]
async fn our_paths_may_be_given_whole_where_a_router_takes_a_part_away() {
    log::install();
    let registration = Registration::new("Paths").redirect_uri("http://localhost/app/back");
    let emulator = Emulator::builder().application(registration).start().await.unwrap();
    let auth = builder(&emulator, &[]).callback_path("/app/back").login_path("/app/in").logout_path("/app/out");
    let application = Application::start(Route::new().nest("/app", table().with(auth.build().unwrap()))).await;
    let browser = Browser::new();
    let accounts = browser.visit(application.at("/app/in?return_to=/app/me")).await;
    let page = browser.pick(&accounts, "Adele").await;
    assert_eq!((page.address.path(), page.text.as_str()), ("/app/me", "signed in: Adele Vance"));
    assert_eq!(browser.open(application.at("/app/out")).await.status, 200);
}

#[tokio::test]
async fn the_same_layer_twice_and_one_around_each_part_are_named_once() {
    for (name, words) in [
        ("twice", "remove one `.with(auth)`"),
        ("twice around a router", "remove one `.with(auth)`"),
        ("one around each of two parts", "only if another layer of the same `AzureAuth` gets it"),
    ] {
        let (log, _guard) = Log::begin();
        let mount = MOUNTS.iter().find(|mount| mount.name == name).unwrap();
        let visit = Visit::to(mount).await;
        for _ in 0..3 {
            visit.browser.open(visit.at("/me")).await;
        }
        assert_eq!(log.lines(words).len(), 1, "{name}");
    }
}

#[tokio::test]
async fn our_paths_are_judged_as_normalized_paths_are_or_the_log_says_how() {
    let outside: Build = |auth, _| boxed(table().with(auth).with(NormalizePath::new(TrailingSlash::Trim)));
    let nested: Build =
        |auth, _| boxed(Route::new().nest("/app", table().with(auth)).with(NormalizePath::new(TrailingSlash::Trim)));
    let always: Build = |auth, _| boxed(table().with(auth).with(NormalizePath::new(TrailingSlash::Always)));
    for (prefix, build, paths) in [
        ("", outside, &["/login", "/login/", "//login", "/login//?return_to=/me"][..]),
        ("/app", nested, &["/login", "/login/", "//login", "/login//"]),
        ("", always, &["/login", "//login"]),
    ] {
        let visit = Visit::to(&Mount { name: "normalized", prefix, taken: "", build }).await;
        for path in paths {
            let sent = visit.browser.open(visit.at(path)).await;
            assert_eq!(sent.status, 302, "{prefix}{path}: {sent:?}");
        }
        // The way back with a slash too many: read, and nobody's.
        for slashes in ["/authorization-code//callback", "/authorization-code/callback/"] {
            // Where a slash is added to every path, it cannot be known whose it was.
            let is_read = paths.contains(&"/login/") || !slashes.ends_with('/');
            let back = visit.browser.open(visit.at(&format!("{slashes}?error=access_denied&state=x"))).await;
            assert_eq!(back.status, if is_read { 400 } else { 404 }, "{prefix}{slashes}: {back:?}");
        }
    }

    let (log, _guard) = Log::begin();
    let inside: Build = |auth, _| boxed(table().with(NormalizePath::new(TrailingSlash::Trim)).with(auth));
    let visit = Visit::to(&Mount { name: "inside", prefix: "", taken: "", build: inside }).await;
    for path in ["/login/", "//login", "/authorization-code/callback/?code=a&state=b"] {
        assert_eq!(visit.browser.open(visit.at(path)).await.status, 404, "{path}");
    }
    assert_eq!(visit.browser.open(visit.at("/me/")).await.status, 302, "the application's own path is served");
    assert_eq!(log.lines("put `NormalizePath` outside of `AzureAuth`").len(), 1);
}

#[tokio::test]
async fn cors_outside_refuses_the_own_sign_out_until_it_names_the_own_origin() {
    for (names_own, expected) in [(false, 403), (true, 303)] {
        let (log, _guard) = Log::begin();
        let emulator = Emulator::start().await.unwrap();
        let application = Application::start(Route::new()).await;
        let origin = application.at("");
        let auth = builder(&emulator, &[("AZURE_PUBLIC_URL", &origin)]).trusted_origins(["https://partner.test"]);
        let cors = Cors::new().allow_credentials(true).allow_origin("https://partner.test");
        let cors = if names_own { cors.allow_origin(&origin) } else { cors };
        application.restart(table().with(auth.build().unwrap()).with(cors));
        let browser = Browser::new();
        browser.sign_in(&application, "Adele").await;
        let question = browser.open(application.at("/logout")).await;
        assert_eq!(browser.press(&question, "Sign out").await.status, expected);
        // The start has said so.
        let lines = log.lines("Poem's `Cors` outside of `AzureAuth`");
        assert!(lines.len() == 1 && lines[0].contains(&origin), "{lines:?}");
    }
}
