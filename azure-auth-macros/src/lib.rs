//! The attributes and tables of `azure-auth`. Each entry point is the same three steps: parse, validate, expand.
//!
//! Expanded code is constant data plus names of the runtime's hidden module. Logic lives in the runtime.

mod diagnostics;
mod expand;
#[cfg(test)]
mod expansion_tests;
mod graph;
mod model;
#[cfg(test)]
mod remedy_tests;
mod scope_list;
mod syntax;
mod validate;

use proc_macro::TokenStream;

/// Says who may call a handler. Write it above `#[handler]`.
///
/// Without keys: any signed-in user of an accepted tenant. Every key narrows that. A name that
/// [`app!`] declares can replace any app role, scope or group in quotes.
///
/// | key | value | meaning |
/// |---|---|---|
/// | `scopes` | `"openid email Files.Read"`, `all("openid", FilesRead)` | OAuth scopes, all of them. OpenID Connect scopes shape the sign-in request and never refuse anyone; any other name is a delegated permission of this API, which limits what a client may do for a person and does not limit sessions |
/// | `roles` | `"Admin"`, `any("Admin", "Writer")`, `all(…)` | app roles of a person |
/// | `groups` | `"<guid>"`, `any("<guid>", …)`, `all(…)` | groups of a person, by object id |
/// | `application_roles` | as `roles` | what an application without a person needs; without this key no application is admitted. Alone it admits only applications; beside `scopes`, `roles` or `groups`, which are about people, it admits both |
/// | `tenants` | `"<guid>"`, `any("<guid>", …)` | tenants whose people and applications may call, by id |
/// | `via` | `session`, `bearer` | the only kind of credential that is accepted |
/// | `allow` | `role("Admin") \|\| (role("Writer") && !group("<guid>"))` | a policy over `role`, `scope`, `group`, `application_role`, `tenant` and `user()`, which is any signed-in person, and over policies that [`app!`](app!) names. What is not known about a caller, such as a group that no token names, is neither yes nor no: its `!` is unknown too, and unknown refuses. An application is admitted only by an `application_role` that it has |
/// | `check` | `path::to::function` | `fn(&Principal, &poem::Request) -> Result<(), Refusal>`, sync or async, asked last. It refuses in its own words, with 403 or 404. If it returns a value in place of `()`, the handler can take that value as `Checked<…>` |
/// | `downstream` | `graph::MailRead`, `"https://graph.microsoft.com/Mail.Read api://…/Orders.Read"`, `all(graph::MailRead, "…")` | permissions of other APIs, all of them, without which the handler does not run; with their API in front, or items of `azure_auth::graph` and [`app!`]. An argument `Token<…>` says the same, and is the token |
///
/// ```
/// use azure_auth::User;
/// use poem::handler;
///
/// #[azure_auth::protect(scopes = "openid email profile")]
/// #[handler]
/// fn me(user: User) -> String {
///     format!("Welcome, {}!", user.display_name())
/// }
/// ```
///
/// # Each key
///
/// `scopes`: a client may call only with this permission. A browser's session is not limited by it.
///
/// ```
/// # use poem::handler;
/// #[azure_auth::protect(scopes = "Files.Read")]
/// #[handler]
/// fn files() -> &'static str {
///     "files"
/// }
/// ```
///
/// `roles`: a person needs one of these app roles; `all(…)` asks for each of them.
///
/// ```
/// # use poem::handler;
/// #[azure_auth::protect(roles = any("Admin", "Writer"))]
/// #[handler]
/// fn write() -> &'static str {
///     "written"
/// }
/// ```
///
/// `groups`: a person must belong to this group, by its object id.
///
/// ```
/// # use poem::handler;
/// #[azure_auth::protect(groups = "11111111-aaaa-4bbb-8ccc-222222222222")]
/// #[handler]
/// fn payroll() -> &'static str {
///     "payroll"
/// }
/// ```
///
/// `application_roles`: applications without a person are admitted with this app role, and here nobody else is.
///
/// ```
/// # use poem::handler;
/// #[azure_auth::protect(application_roles = "Files.Read.All")]
/// #[handler]
/// fn nightly_export(application: azure_auth::Application) -> String {
///     format!("for {}", application.client_id())
/// }
/// ```
///
/// `tenants`: only callers of this tenant.
///
/// ```
/// # use poem::handler;
/// #[azure_auth::protect(tenants = "33333333-cccc-4ddd-8eee-444444444444")]
/// #[handler]
/// fn contoso() -> &'static str {
///     "for Contoso"
/// }
/// ```
///
/// `via`: only with an access token; `session` admits browsers only.
///
/// ```
/// # use poem::handler;
/// #[azure_auth::protect(via = bearer)]
/// #[handler]
/// fn api() -> &'static str {
///     "no browser comes here"
/// }
/// ```
///
/// `allow`: what the other keys cannot say.
///
/// ```
/// # use poem::handler;
/// #[azure_auth::protect(allow = role("Admin") || (role("Writer") && !role("Trainee")))]
/// #[handler]
/// fn publish() -> &'static str {
///     "published"
/// }
/// ```
///
/// `check`: what depends on the request.
///
/// ```
/// # use poem::handler;
/// use azure_auth::{Principal, Refusal};
///
/// fn only_small(_: &Principal, request: &poem::Request) -> Result<(), Refusal> {
///     let is_small = request.content_type() != Some("video/mp4");
///     if is_small { Ok(()) } else { Err(Refusal::forbidden("Videos are too large.")) }
/// }
///
/// #[azure_auth::protect(check = only_small)]
/// #[handler]
/// fn upload() -> &'static str {
///     "uploaded"
/// }
/// ```
///
/// `downstream`: what the program does at other APIs for the person who calls. Each API is a token of its own. A handler takes
/// it as an argument, which needs no `downstream` beside it, or asks for it with `principal.token()`:
///
/// ```
/// # use poem::handler;
/// use azure_auth::{Token, graph};
///
/// #[azure_auth::protect]
/// #[handler]
/// fn mail(_: Token<(graph::UserRead, graph::MailRead)>) -> &'static str {
///     "the token is here"
/// }
///
/// #[azure_auth::protect(downstream = "https://graph.microsoft.com/Mail.Read https://storage.azure.com/user_impersonation")]
/// #[handler]
/// fn archive() -> &'static str {
///     "two tokens are there when they are asked for"
/// }
/// ```
///
/// For a browser's session the person agrees at Microsoft, and comes back; for a caller with an access token (`via = bearer`) the
/// token comes on behalf of its person. A handler that admits applications only has no person to act for: it takes
/// `ApplicationToken<graph::Resource>`, the program's own token.
#[proc_macro_attribute]
pub fn protect(arguments: TokenStream, item: TokenStream) -> TokenStream {
    let item = proc_macro2::TokenStream::from(item);
    let syntax = match syntax::Declaration::parse("protect", arguments.into(), item.clone()) {
        Ok(syntax) => syntax,
        Err(problems) => return expand::fallback::untouched(&problems, &item).into(),
    };
    match validate::protect::protect(&syntax) {
        Ok(protection) => expand::protect::protect(&protection, &syntax.handler).into(),
        Err(found) => {
            let (problems, remains) = *found;
            expand::fallback::protected(&problems, &remains, &syntax.handler).into()
        }
    }
}

/// Leaves a handler open on purpose. Write it above `#[handler]`.
///
/// `reason = "…"` goes into the report. A public handler takes `Option<User>`: one that demands a user is not public.
///
/// ```
/// use azure_auth::User;
/// use poem::handler;
///
/// #[azure_auth::public(reason = "the start page")]
/// #[handler]
/// fn home(user: Option<User>) -> String {
///     user.map_or("Please sign in.".to_owned(), |user| format!("Welcome, {}!", user.display_name()))
/// }
/// ```
#[proc_macro_attribute]
pub fn public(arguments: TokenStream, item: TokenStream) -> TokenStream {
    let item = proc_macro2::TokenStream::from(item);
    let syntax = match syntax::Declaration::parse("public", arguments.into(), item.clone()) {
        Ok(syntax) => syntax,
        Err(problems) => return expand::fallback::untouched(&problems, &item).into(),
    };
    match validate::public::public(&syntax) {
        Ok(opening) => expand::public::public(&opening, &syntax.handler).into(),
        Err(problems) => expand::fallback::public(&problems, &syntax.handler).into(),
    }
}

/// Makes every operation of an API say who may call it. Write it above `#[OpenApi]` of poem-openapi.
///
/// Each method with `#[oai(…)]` needs [`protect`](macro@protect) or [`public`](macro@public), with the same keys as on
/// handlers; an operation without one is a compile error at its name. A caller who is not admitted is refused before
/// anything of the request is read, and before a `bad_request_handler` can change the answer.
///
/// The API is a row of the table: `nest(service)`. `azure_auth::openapi` serves its document, with the scopes, and
/// Swagger UI.
///
/// ```
/// use azure_auth::User;
/// use poem_openapi::payload::PlainText;
/// use poem_openapi::{OpenApi, OpenApiService};
///
/// struct Files;
///
/// #[azure_auth::protect_api]
/// #[OpenApi]
/// impl Files {
///     /// Whether the service is there.
///     #[public(reason = "asked by the load balancer")]
///     #[oai(path = "/health", method = "get")]
///     async fn health(&self) -> PlainText<&'static str> {
///         PlainText("ok")
///     }
///
///     #[protect(scopes = "Files.Read")]
///     #[oai(path = "/files", method = "get")]
///     async fn list(&self, user: User) -> PlainText<String> {
///         PlainText(format!("the files of {}", user.display_name()))
///     }
/// }
///
/// let service = OpenApiService::new(Files, "Files", "1.0").server("/api");
/// let endpoints = azure_auth::endpoints! {
///     "/docs" => public(azure_auth::openapi::swagger_ui(&service), reason = "the documentation"),
///     "/api"  => nest(service),
/// };
/// ```
#[proc_macro_attribute]
pub fn protect_api(arguments: TokenStream, item: TokenStream) -> TokenStream {
    let item = proc_macro2::TokenStream::from(item);
    let syntax = match syntax::Api::parse(arguments.into(), item.clone()) {
        Ok(syntax) => syntax,
        Err(problems) => return expand::fallback::untouched(&problems, &item).into(),
    };
    match validate::api::api(&syntax) {
        Ok(api) => expand::api::api(&api, &syntax).into(),
        Err(found) => {
            let (problems, remains) = *found;
            expand::fallback::api(&problems, &remains, &syntax).into()
        }
    }
}

/// The table of an application: its paths, and what answers at each. It evaluates to an `azure_auth::Endpoints`.
///
/// ```
/// use poem::endpoint::make_sync;
/// use poem::{get, handler};
///
/// #[azure_auth::public]
/// #[handler]
/// fn home() -> &'static str {
///     "hello"
/// }
///
/// #[azure_auth::protect]
/// #[handler]
/// fn file() -> &'static str {
///     "a file"
/// }
///
/// fn files() -> azure_auth::Endpoints {
///     azure_auth::endpoints! { "/:id" => get(file) }
/// }
///
/// let endpoints = azure_auth::endpoints! {
///     "/"        => get(home),
///     "/files"   => nest(files()),
///     "/reports" => protect(make_sync(|_| "a report"), roles = "Auditor"),
///     "/health"  => public(make_sync(|_| "ok"), reason = "asked by the load balancer"),
/// };
/// ```
///
/// | row | answers |
/// |---|---|
/// | `get(handler).post(handler)` | each method with its handler |
/// | `nest(endpoints)` | another table below the path |
/// | `protect(endpoint, roles = "Auditor")` | an endpoint that is not a handler, such as a directory or a router of its own, for callers that the keys admit; the keys are those of [`macro@protect`], and without any the row is for every signed-in person |
/// | `public(endpoint, reason = "…")` | the same for anyone |
///
/// `protect(…)` and `public(…)` answer every method, at the path and everything below it; a pattern such as
/// `/assets/*path` answers exactly what it matches. When a caller is refused, nothing of the protected endpoint runs and no
/// body is read. A request that may change something and brings a session must come from the application's own origin: that
/// is every method but `GET`, `HEAD`, `OPTIONS` and `TRACE`, and every WebSocket. A table in `protect(…)` shows its rows,
/// each with what the guard asks for as well; the table does not see handlers in a `poem::Route`.
///
/// Every handler must declare who may call it, with [`macro@protect`] or [`macro@public`]; one that does not is a
/// compile error at its name. Paths that are given twice, that shadow each other, are relative, or are among the
/// library's own are refused as well.
#[proc_macro]
pub fn endpoints(rows: TokenStream) -> TokenStream {
    let syntax = syntax::Endpoints::parse(rows.into());
    match validate::endpoints::endpoints(&syntax) {
        Ok(table) => expand::endpoints::endpoints(&table).into(),
        Err((problems, remains)) => expand::fallback::unmounted(&problems, &remains).into(),
    }
}

/// Says who may call everything inside a router or a table, as a middleware of Poem. The keys are those of
/// [`macro@protect`]; without any it admits every signed-in person.
///
/// ```
/// use poem::endpoint::make_sync;
/// use poem::{EndpointExt, Route};
///
/// let reports = Route::new()
///     .at("/", make_sync(|_| "all reports"))
///     .at("/:year", make_sync(|_| "a report"))
///     .with(azure_auth::guard!(roles = "Auditor"));
/// ```
///
/// It is judged before anything inside it runs: handlers, other middleware, and whatever reads the body. Handlers
/// inside keep their own declaration, and guards can be nested: each of them must admit the caller, one
/// after the other, from the outermost in. An application without a person therefore needs an application role for each of
/// them. Like a protected handler, an endpoint behind a guard answers 500 and never runs outside `AzureAuth`.
///
/// Around an `azure_auth::Endpoints`, as the argument of its `with`, a guard narrows every row, and the report, the lock
/// file and the denial matrix show what guard and row ask for together. A row that is public inside it is open
/// only to callers that the guard admits.
///
/// ```
/// use poem::{get, handler};
///
/// #[azure_auth::protect(scopes = "Files.Read")]
/// #[handler]
/// fn files() -> &'static str {
///     "files"
/// }
///
/// let endpoints = azure_auth::endpoints! { "/files" => get(files) }.with(azure_auth::guard!(roles = "Admin"));
/// let report = endpoints.report().to_string();
/// assert!(report.contains("session: role Admin; token: role Admin and scope Files.Read"));
/// ```
///
/// Around a `poem::Route`, combined with other middleware before it is given to `with`, or inside `around`, the table
/// cannot see it: it admits and refuses all the same, but report, lock file and denial matrix do not show it, and groups
/// that it names are not asked for at sign-in unless `AzureAuthBuilder::groups` names them. Until then it is not known whether a
/// person with a session belongs to them, and unknown refuses.
///
/// It is a value, so that one guard can be used in many places:
///
/// ```
/// use azure_auth::{Guard, Principal, Refusal};
/// use poem::Request;
///
/// static ADMINISTRATORS: Guard = azure_auth::guard!(roles = "Admin", check = is_open);
///
/// fn is_open(_: &Principal, request: &Request) -> Result<(), Refusal> {
///     if request.headers().contains_key("x-closed") { Err(Refusal::new("closed")) } else { Ok(()) }
/// }
/// ```
#[proc_macro]
pub fn guard(arguments: TokenStream) -> TokenStream {
    let syntax = syntax::Arguments::parse(arguments.into());
    match validate::protect::guard(&syntax) {
        Ok(protection) => expand::guard::guard(&protection).into(),
        Err(found) => {
            let (problems, remains) = *found;
            expand::fallback::guard(&problems, &remains).into()
        }
    }
}

/// Says that everything inside a router is open to anyone, on purpose, as a middleware of Poem.
///
/// ```
/// use poem::endpoint::make_sync;
/// use poem::{EndpointExt, Route};
///
/// let assets = Route::new()
///     .at("/logo", make_sync(|_| "a logo"))
///     .with(azure_auth::open!(reason = "assets"));
/// ```
///
/// It opens nothing: handlers and routers inside it that ask for a caller still do. It says that what asks for no caller is
/// meant to be open, so that `AzureAuth` neither names it in the log nor, with `AzureAuthBuilder::undeclared(Undeclared::Refuse)`,
/// withholds its answers. A row of a table says the same as `public(endpoint, reason = "…")`.
#[proc_macro]
pub fn open(arguments: TokenStream) -> TokenStream {
    let syntax = syntax::Arguments::parse(arguments.into());
    match validate::public::open(&syntax) {
        Ok(reason) => expand::open::open(&reason).into(),
        Err(problems) => expand::fallback::open(&problems).into(),
    }
}

/// Names for the app roles, scopes, groups and policies of an application, declared once, in one place.
///
/// Each name is an item: [`macro@protect`] takes it wherever it takes a value in quotes, a typo is a name that the
/// compiler cannot find, and editors complete, find and rename it like any other.
///
/// ```
/// use poem::{get, handler};
///
/// mod vocabulary {
///     azure_auth::app! {
///         roles: {
///             Admin = "Can administer",
///             Writer("Tasks.Write") = "Can write tasks",
///         },
///         scopes: {
///             FilesRead("Files.Read") = "Read the files of the person",
///             FilesWrite("Files.ReadWrite"),
///         },
///         groups: {
///             Staff("11111111-aaaa-4bbb-8ccc-222222222222") = "Everyone on the payroll",
///         },
///     }
/// }
/// use vocabulary::{Admin, FilesRead, Staff, Writer};
///
/// #[azure_auth::protect(roles = any(Admin, Writer), scopes = FilesRead)]
/// #[handler]
/// fn tasks() -> &'static str {
///     "tasks"
/// }
///
/// #[azure_auth::protect(
///     scopes = all("openid email", FilesRead, vocabulary::FilesWrite),
///     allow = role(Admin) || (group(Staff) && !role("Trainee")),
/// )]
/// #[handler]
/// fn files() -> &'static str {
///     "files"
/// }
///
/// let endpoints = azure_auth::endpoints! { "/tasks" => get(tasks), "/files" => get(files) };
/// ```
///
/// Write the value in parentheses, as the app registration has it. Without parentheses, the value of a role or scope is its
/// name; a group always needs its object id. The text after `=` becomes the documentation of the item. The items are
/// `pub`, so that the module around them decides who sees them.
///
/// An item can be used wherever a program names what it stands for, not only in attributes: `principal.has_role(Admin)`,
/// `TestIdentity::user().role(Admin)`, and, as a text, in other libraries: `String::from(Admin)`. The documents of APIs
/// describe a scope with the text after its `=`.
///
/// # Policies
///
/// `policies` names what several handlers ask for, in the words of `allow`. A name stands wherever a policy stands: in
/// `allow` of [`macro@protect`] and [`guard!`](guard!), inside of larger policies and of other named ones, in
/// `Has<Editor>`, and in `principal.satisfies::<Editor>()`.
///
/// ```
/// use azure_auth::{Has, Principal};
/// use poem::{get, handler};
///
/// mod authorization {
///     azure_auth::app! {
///         roles: { Writer, Admin, Trainee },
///         groups: { Staff("11111111-aaaa-4bbb-8ccc-222222222222") },
///         policies: {
///             Editor = role(Writer) || role(Admin),
///             Reviewer = Editor && group(Staff) && !role(Trainee),
///         },
///     }
/// }
/// use authorization::{Editor, Reviewer};
///
/// #[azure_auth::protect(allow = Editor)]
/// #[handler]
/// fn edit(principal: Principal) -> String {
///     format!("may be published: {}", principal.satisfies::<Reviewer>().is_yes())
/// }
///
/// #[azure_auth::protect(allow = Reviewer || application_role("Pages.Publish"))]
/// #[handler]
/// fn publish() -> &'static str {
///     "published"
/// }
///
/// #[azure_auth::protect(allow = user() && !Editor)]
/// #[handler]
/// fn apply() -> &'static str {
///     "may I edit?"
/// }
///
/// let endpoints = azure_auth::endpoints! { "/" => get(edit), "/publish" => get(publish), "/apply" => get(apply) };
/// let report = endpoints.report().to_string();
/// assert!(report.contains(r#"policy Editor(role("Writer") || role("Admin"))"#));
/// ```
///
/// A policy is judged as `allow` is, and every declaration that uses it once more, with all that its names stand for: a
/// policy that no caller can meet, that everyone meets, that says only who may not call, or that would admit applications
/// without an application role does not compile. Report, lock file and explanations give the name and what it stands for,
/// so that a change of a policy is a change of every row that uses it. Groups that it names are asked for at sign-in where
/// a row uses it.
///
/// # Other APIs
///
/// `downstream` names the APIs that an application calls, each with the permissions that it needs there. Each is a module: its
/// items are permissions of people, and its `Resource` is the API itself, for the program's own token. Those of Microsoft Graph
/// come with the library, as `azure_auth::graph`; what is newer than its list is declared under `https://graph.microsoft.com`.
///
/// ```
/// use azure_auth::{ApplicationToken, Token};
/// use poem::{get, handler};
///
/// azure_auth::app! {
///     downstream: {
///         orders("api://33333333-cccc-4ddd-8eee-444444444444") {
///             OrdersRead("Orders.Read") = "Read the person's orders",
///             OrdersWrite("Orders.Write"),
///         },
///         storage("https://storage.azure.com") { Impersonation("user_impersonation") },
///     },
/// }
///
/// #[azure_auth::protect]
/// #[handler]
/// fn list(_: Token<orders::OrdersRead>, _: Token<storage::Impersonation>) -> &'static str {
///     "orders"
/// }
///
/// #[azure_auth::protect(application_roles = "Jobs.Run")]
/// #[handler]
/// fn count(_: ApplicationToken<orders::Resource>) -> &'static str {
///     "7"
/// }
///
/// let endpoints = azure_auth::endpoints! { "/orders" => get(list), "/orders/count" => get(count) };
/// let report = endpoints.report().to_string();
/// assert!(report.contains("api://33333333-cccc-4ddd-8eee-444444444444: Orders.Read, for the person"));
/// ```
///
/// The API is named by its application id URI, without a slash at the end, or by its client id. `.default`, alone, is every
/// permission of it that was agreed to.
///
/// # The whole of it
///
/// Beside the items is the constant `VOCABULARY`: everything that is declared, with its descriptions, for
/// `Inspection::vocabulary`, with which a program prints its app registration. A module has one `app!` therefore.
///
/// # What does not compile
///
/// Values that Entra would refuse, values and names given twice, and names that are not in `CamelCase` do not compile. An
/// item of one kind where another is expected, such as an app role in `scopes`, does not compile either.
#[proc_macro]
pub fn app(sections: TokenStream) -> TokenStream {
    let syntax = syntax::Vocabulary::parse(sections.into());
    match validate::vocabulary::vocabulary(&syntax) {
        Ok(vocabulary) => expand::vocabulary::vocabulary(&vocabulary).into(),
        Err((problems, remains)) => expand::fallback::declared(&problems, &remains).into(),
    }
}

/// The items of `azure_auth::graph`: for the library itself.
#[doc(hidden)]
#[proc_macro]
pub fn graph_permissions(_: TokenStream) -> TokenStream {
    expand::graph::permissions().into()
}
