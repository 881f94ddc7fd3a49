//! Does this program have what it needs to run? All problems at once.

use std::fmt;
use std::time::Duration;

use azure_auth_policy::Guid;
use base64::Engine;
use base64::engine::general_purpose::URL_SAFE_NO_PAD;
use secrecy::{ExposeSecret, SecretString};
use thiserror::Error;
use url::Url;

use super::frame_ancestor::frame_ancestor;
use super::public_urls;
use super::shown_address::shown;
use crate::model::sessions::session::SessionLifetimes;
use crate::model::settings::authority::{Authority, TenantName};
use crate::model::settings::client::Client;
use crate::model::settings::configuration::{AuthPaths, Configuration, SessionStoreSetting, own_paths};
use crate::model::settings::embedding::Embedding;
use crate::model::settings::origin::{Origin, OriginError};
use crate::model::settings::public_url::PublicUrl;
use crate::model::settings::tenants::AcceptedTenants;
use crate::model::settings::undeclared::Undeclared;
use crate::rules::session::seal::derive_bytes;
use crate::rules::session::session_record::{COOKIE_BUDGET, COOKIE_BUDGET_LIMIT};

/// Settings as written, by environment or in code. Empty texts count as unset.
#[derive(Clone, Debug, Default)]
pub(crate) struct Settings {
    pub(crate) client_id: Option<String>,
    pub(crate) client_secret: Option<SecretString>,
    pub(crate) issuer_uri: Option<String>,
    pub(crate) valid_tenant_ids: Option<String>,
    pub(crate) callback_path: Option<String>,
    pub(crate) public_urls: Option<Vec<String>>,
    pub(crate) session_keys: Option<Vec<SecretString>>,
    pub(crate) session_store: Option<SecretString>,
    pub(crate) explain: Option<String>,
    pub(crate) ca_file: Option<String>,
    pub(crate) login_path: Option<String>,
    pub(crate) logout_path: Option<String>,
    pub(crate) session_path: Option<String>,
    pub(crate) popup_login_path: Option<String>,
    pub(crate) popup_logout_path: Option<String>,
    pub(crate) audiences: Option<Vec<String>>,
    pub(crate) scopes: Vec<String>,
    pub(crate) groups: Vec<Guid>,
    pub(crate) keep_claims: Vec<String>,
    pub(crate) trusted_origins: Vec<String>,
    pub(crate) frame_ancestors: Vec<String>,
    pub(crate) idle_lifetime: Option<Duration>,
    pub(crate) absolute_lifetime: Option<Duration>,
    pub(crate) session_cookie_budget: Option<usize>,
    pub(crate) clears_cache: bool,
    pub(crate) clears_storage: bool,
    pub(crate) undeclared: Undeclared,
}

/// Everything that keeps a program from starting: each with the variable, what was found and the remedy.
///
/// Its `Debug` is the list for people, because that is what `main() -> Result` prints.
///
/// ```
/// use azure_auth::{AzureAuth, ConfigurationProblem};
///
/// let error = AzureAuth::builder().client_id("my-app").build().unwrap_err();
/// let variables: Vec<&str> = error.problems().iter().map(ConfigurationProblem::variable).collect();
/// assert_eq!(variables, ["AZURE_ISSUER_URI", "AZURE_CLIENT_ID"]);
/// ```
#[derive(Clone, PartialEq, Eq, Error)]
pub struct ConfigurationError {
    problems: Vec<ConfigurationProblem>,
}

/// One thing that keeps a program from starting.
///
/// Its text is one line: what was found, and the remedy. It never holds a secret.
///
/// ```
/// let error = azure_auth::AzureAuth::builder().build().err().expect("nothing is set");
/// for problem in error.problems() {
///     println!("{problem}");
/// }
/// ```
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct ConfigurationProblem {
    variable: &'static str,
    text: String,
}

impl ConfigurationError {
    /// The problems, in the order of the documentation.
    ///
    /// ```
    /// let error = azure_auth::AzureAuth::builder().build().err().expect("nothing is set");
    /// assert_eq!(error.problems().len(), 2);
    /// ```
    pub fn problems(&self) -> &[ConfigurationProblem] {
        &self.problems
    }

    pub(crate) fn new(variable: &'static str, text: String) -> Self {
        Self { problems: vec![ConfigurationProblem { variable, text }] }
    }

    /// These problems, and those of another part.
    pub(crate) fn and(mut self, other: Self) -> Self {
        self.problems.extend(other.problems);
        self
    }
}

impl ConfigurationProblem {
    /// The environment variable, or the setting in code, that has the problem.
    ///
    /// ```
    /// let error = azure_auth::AzureAuth::builder().client_id("my-app").build().err().expect("there is no issuer");
    /// assert_eq!(error.problems()[0].variable(), "AZURE_ISSUER_URI");
    /// ```
    pub fn variable(&self) -> &str {
        self.variable
    }
}

impl fmt::Display for ConfigurationProblem {
    fn fmt(&self, formatter: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(formatter, "{}: {}", self.variable, self.text)
    }
}

impl fmt::Display for ConfigurationError {
    fn fmt(&self, formatter: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(formatter, "the configuration of azure-auth is not complete")?;
        self.problems.iter().try_for_each(|problem| write!(formatter, "\n  {problem}"))
    }
}

impl fmt::Debug for ConfigurationError {
    fn fmt(&self, formatter: &mut fmt::Formatter<'_>) -> fmt::Result {
        fmt::Display::fmt(self, formatter)
    }
}

impl Settings {
    /// Takes settings from variables by name; `read` gives a variable's text.
    pub(crate) fn from_variables(read: impl Fn(&str) -> Option<String>) -> Self {
        let read = |name: &str| read(name).map(|text| text.trim().to_owned()).filter(|text| !text.is_empty());
        let list =
            |name: &str| read(name).map(|text| text.split(',').map(|part| part.trim().to_owned()).collect::<Vec<_>>());
        Self {
            client_id: read("AZURE_CLIENT_ID"),
            client_secret: read("AZURE_CLIENT_SECRET").map(SecretString::from),
            issuer_uri: read("AZURE_ISSUER_URI"),
            valid_tenant_ids: read("AZURE_VALID_TENANT_IDS"),
            audiences: list("AZURE_AUDIENCE"),
            callback_path: read("AZURE_AUTHORIZATION_CODE_ENDPOINT"),
            popup_login_path: read("AZURE_POPUP_LOGIN_ENDPOINT"),
            popup_logout_path: read("AZURE_POPUP_LOGOUT_ENDPOINT"),
            public_urls: list("AZURE_PUBLIC_URL"),
            session_keys: list("AZURE_SESSION_KEYS").map(|keys| keys.into_iter().map(SecretString::from).collect()),
            session_store: read("AZURE_SESSION_STORE").map(SecretString::from),
            explain: read("AZURE_EXPLAIN"),
            ca_file: read("AZURE_CA_FILE"),
            ..Self::default()
        }
    }
}

/// Checks settings as a whole.
pub(crate) fn judge(settings: &Settings) -> Result<Configuration, ConfigurationError> {
    let mut problems = Problems(Vec::new());
    let authority = authority(settings, &mut problems);
    let client = client(settings, authority.as_ref(), &mut problems);
    let tenants = tenants(settings, authority.as_ref(), &mut problems);
    let public_urls = public_urls(settings, &mut problems);
    let (paths, embedding) = paths(settings, &mut problems);
    for problem in public_urls::clashes(&public_urls, &own_paths(&paths, embedding.as_ref())) {
        problems.add("AZURE_PUBLIC_URL", problem);
    }
    let sealing_secrets = sealing_secrets(settings, public_urls.first(), &mut problems);
    let session_storage = session_storage(settings, &mut problems);
    let explain = explain(settings, &mut problems);
    let trusted_origins = trusted_origins(settings, &mut problems);
    let lifetimes = lifetimes(settings, &mut problems);
    let session_cookie_budget = session_cookie_budget(settings, &mut problems);
    let scopes = scopes(settings, &mut problems);
    let audiences = audiences(settings, client.as_ref(), &mut problems);

    match (authority, client) {
        (Some(authority), Some(client)) if problems.0.is_empty() => Ok(Configuration {
            without_effect: without_effect(settings, &authority),
            client,
            authority,
            tenants,
            public_urls,
            paths,
            embedding,
            scopes,
            keep_claims: settings.keep_claims.clone(),
            audiences,
            groups: settings.groups.clone(),
            trusted_origins,
            lifetimes,
            session_storage,
            session_cookie_budget,
            sealing_secrets,
            clear_site_data: clear_site_data(settings),
            explain,
            undeclared: settings.undeclared,
        }),
        _ => Err(ConfigurationError { problems: problems.0 }),
    }
}

struct Problems(Vec<ConfigurationProblem>);

impl Problems {
    fn add(&mut self, variable: &'static str, text: impl Into<String>) {
        self.0.push(ConfigurationProblem { variable, text: text.into() });
    }
}

fn client(settings: &Settings, authority: Option<&Authority>, problems: &mut Problems) -> Option<Client> {
    let is_entra = authority.is_none_or(Authority::is_entra);
    match &settings.client_id {
        None => problems.add("AZURE_CLIENT_ID", "not set; copy \"Application (client) ID\" from the app registration"),
        Some(id) if is_entra && id.parse::<Guid>().is_err() => problems.add(
            "AZURE_CLIENT_ID",
            format!("found {id:?}, which is not an id; copy \"Application (client) ID\" from the app registration"),
        ),
        Some(_) => {}
    }
    if let Some(secret) = &settings.client_secret
        && secret.expose_secret().parse::<Guid>().is_ok()
    {
        problems.add(
            "AZURE_CLIENT_SECRET",
            "found a directory id: that is the secret's id; copy the column \"Value\", shown once when the secret is made",
        );
    }
    Some(Client { id: client_id(settings, is_entra)?, secret: settings.client_secret.clone() })
}

/// The client id as the provider writes it: Entra ID's are ids, and one in capitals is the same one. Tokens are compared
/// with this text, exactly.
fn client_id(settings: &Settings, is_entra: bool) -> Option<String> {
    let written = settings.client_id.as_ref()?;
    let id = written.parse::<Guid>().ok().filter(|_| is_entra);
    Some(id.map_or_else(|| written.clone(), |id| id.to_string()))
}

fn authority(settings: &Settings, problems: &mut Problems) -> Option<Authority> {
    let Some(text) = &settings.issuer_uri else {
        problems.add("AZURE_ISSUER_URI", "not set; write `https://login.microsoftonline.com/<tenant id>`");
        return None;
    };
    Authority::parse(text)
        .map_err(|problem| problems.add("AZURE_ISSUER_URI", format!("found {:?}: {problem}", shown(text))))
        .ok()
}

fn tenants(settings: &Settings, authority: Option<&Authority>, problems: &mut Problems) -> AcceptedTenants {
    const NAME: &str = "AZURE_VALID_TENANT_IDS";
    let name = match authority {
        Some(Authority::Entra { tenant, .. }) => Some(tenant),
        _ => None,
    };
    let is_open = matches!(name, Some(TenantName::Common | TenantName::Organizations));
    if settings.valid_tenant_ids.is_some() && authority.is_some_and(|authority| !authority.is_entra()) {
        problems.add(
            NAME,
            "lists tenants, and the provider of AZURE_ISSUER_URI has none: nobody would be kept out; remove it, or let \
             AZURE_ISSUER_URI name Microsoft Entra ID",
        );
        return AcceptedTenants::OfAuthority;
    }
    let Some(text) = &settings.valid_tenant_ids else {
        if is_open {
            problems.add(
                NAME,
                "not set, and the authority signs in people of every tenant; list the tenant ids you accept, separated by \
                 commas, or `*` for every work tenant",
            );
        }
        // Sessions are judged by this list too, so that one of another tenant does not outlive a change of authority.
        return match name {
            Some(TenantName::Id(only)) => AcceptedTenants::Listed(vec![*only]),
            Some(TenantName::Consumers) => AcceptedTenants::Listed(vec![Guid::CONSUMERS]),
            _ => AcceptedTenants::OfAuthority,
        };
    };
    if text == "*" && name == Some(&TenantName::Consumers) {
        problems.add(NAME, "is `*`, every work tenant, and `consumers` signs in personal accounts only; remove it");
    }
    if text == "*" {
        return AcceptedTenants::EveryWorkTenant;
    }
    let mut listed = Vec::new();
    let known_problems = problems.0.len();
    for part in text.split(',').map(str::trim).filter(|part| !part.is_empty()) {
        match part.parse::<Guid>() {
            Ok(Guid::CONSUMERS) if name == Some(&TenantName::Organizations) => problems.add(
                NAME,
                "lists the tenant of personal accounts, which `organizations` never signs in; use `common`, or remove it",
            ),
            Ok(tenant) => listed.push(tenant),
            Err(_) => problems.add(NAME, format!("found {part:?}, expected a tenant id; find it in the directory's overview page")),
        }
    }
    if listed.is_empty() && problems.0.len() == known_problems {
        problems.add(NAME, "lists no tenant id");
    }
    if let Some(TenantName::Id(only)) = name
        && !listed.is_empty()
        && !listed.contains(only)
    {
        problems.add(NAME, format!("does not list {only}, the tenant of AZURE_ISSUER_URI; nobody could sign in"));
    }
    AcceptedTenants::Listed(listed)
}

fn public_urls(settings: &Settings, problems: &mut Problems) -> Vec<PublicUrl> {
    let Some(written) = &settings.public_urls else { return Vec::new() };
    let (urls, found) = public_urls::read(written);
    for problem in found {
        problems.add("AZURE_PUBLIC_URL", problem);
    }
    urls
}

fn paths(settings: &Settings, problems: &mut Problems) -> (AuthPaths, Option<Embedding>) {
    let defaults = AuthPaths::default();
    let frame_ancestors = ancestors(settings, problems);
    let mut path = |variable, setting: &Option<String>, default: String| match setting {
        None => default,
        Some(path) if is_plain_path(path) => path.clone(),
        Some(path) => {
            problems.add(variable, format!("found {path:?}, expected a path such as {default:?}"));
            default
        }
    };
    let paths = AuthPaths {
        login: path("login_path", &settings.login_path, defaults.login),
        logout: path("logout_path", &settings.logout_path, defaults.logout),
        session: path("session_path", &settings.session_path, defaults.session),
        callback: path("AZURE_AUTHORIZATION_CODE_ENDPOINT", &settings.callback_path, defaults.callback),
    };
    let login = path("AZURE_POPUP_LOGIN_ENDPOINT", &settings.popup_login_path, Embedding::LOGIN.to_owned());
    let logout = path("AZURE_POPUP_LOGOUT_ENDPOINT", &settings.popup_logout_path, Embedding::LOGOUT.to_owned());
    let embedding = frame_ancestors.map(|frame_ancestors| Embedding { frame_ancestors, login, logout });
    let mut all = own_paths(&paths, embedding.as_ref());
    all.sort_unstable();
    if all.windows(2).any(|pair| pair[0] == pair[1]) {
        problems.add(
            "AZURE_AUTHORIZATION_CODE_ENDPOINT",
            "two of the paths for login, logout, session, callback and popups are equal",
        );
    }
    (paths, embedding)
}

/// Who may frame the application, as a policy says it; none where nobody is named.
fn ancestors(settings: &Settings, problems: &mut Problems) -> Option<String> {
    let mut named = |text: &String| {
        frame_ancestor(text)
            .map_err(|problem| problems.add("frame_ancestors", format!("found {:?}: {problem}", shown(text))))
            .ok()
    };
    let named: Vec<String> = settings.frame_ancestors.iter().filter_map(&mut named).collect();
    (!named.is_empty()).then(|| named.join(" "))
}

fn is_plain_path(path: &str) -> bool {
    path.len() > 1
        && path.starts_with('/')
        && !path.contains("//")
        && path.bytes().all(|byte| byte.is_ascii_alphanumeric() || b"/-._~".contains(&byte))
}

/// The secrets behind every sealed cookie. Without a client secret nobody signs in here and none is needed.
fn sealing_secrets(settings: &Settings, public_url: Option<&PublicUrl>, problems: &mut Problems) -> Vec<Vec<u8>> {
    const NAME: &str = "AZURE_SESSION_KEYS";
    const REMEDY: &str = "make one with `openssl rand -base64 32`";
    let Some(client_secret) = &settings.client_secret else { return Vec::new() };
    let Some(keys) = &settings.session_keys else {
        let secret = client_secret.expose_secret();
        if secret.chars().count() < 32 {
            problems.add(
                NAME,
                format!("not set, and the client secret has fewer than 32 characters, too few to derive a key from; {REMEDY}"),
            );
        } else if is_one_repeated(secret.as_bytes()) {
            problems.add(
                NAME,
                format!(
                    "not set, and the client secret is one character over and over, which anybody guesses; {REMEDY}"
                ),
            );
        }
        let text = |setting: &Option<String>| setting.clone().unwrap_or_default();
        let public_url = public_url.map_or("", PublicUrl::as_str);
        let (issuer, client) = (text(&settings.issuer_uri), text(&settings.client_id));
        let info = [b"session key\0", issuer.as_bytes(), b"\0", client.as_bytes(), b"\0", public_url.as_bytes()];
        return vec![derive_bytes::<32>(secret.as_bytes(), &info).to_vec()];
    };
    let mut secrets = Vec::new();
    if keys.is_empty() {
        problems.add(NAME, format!("lists no key; {REMEDY}"));
    }
    for (position, text) in keys.iter().map(|key| key.expose_secret().trim()).enumerate() {
        match decode_key(text) {
            Some(secret) if secret.len() >= 32 && is_one_repeated(&secret) => problems
                .add(NAME, format!("key {} is one byte over and over, which anybody guesses; {REMEDY}", position + 1)),
            Some(secret) if secret.len() >= 32 => match secrets.iter().position(|other| *other == secret) {
                Some(other) => problems
                    .add(NAME, format!("key {} is equal to key {}; remove one of them", position + 1, other + 1)),
                None => secrets.push(secret),
            },
            Some(secret) => problems
                .add(NAME, format!("key {} has {} bytes, expected at least 32; {REMEDY}", position + 1, secret.len())),
            None => problems.add(NAME, format!("key {} is neither base64url nor hexadecimal; {REMEDY}", position + 1)),
        }
    }
    secrets
}

fn is_one_repeated(bytes: &[u8]) -> bool {
    bytes.windows(2).all(|pair| pair[0] == pair[1])
}

/// Hexadecimal first: 64 such digits are a key of 32 bytes, though they would pass for base64url as well. The two alphabets of
/// base64 (RFC 4648 §4, §5) differ in two letters, which mean nothing else in the other one.
fn decode_key(text: &str) -> Option<Vec<u8>> {
    let is_hexadecimal =
        text.len() >= 64 && text.len().is_multiple_of(2) && text.bytes().all(|byte| byte.is_ascii_hexdigit());
    if is_hexadecimal {
        return (0..text.len()).step_by(2).map(|start| u8::from_str_radix(&text[start..start + 2], 16).ok()).collect();
    }
    let text = text.trim_end_matches('=').replace('+', "-").replace('/', "_");
    URL_SAFE_NO_PAD.decode(text).ok()
}

fn session_storage(settings: &Settings, problems: &mut Problems) -> SessionStoreSetting {
    const NAME: &str = "AZURE_SESSION_STORE";
    let Some(address) = &settings.session_store else { return SessionStoreSetting::Cookie };
    // An address may hold a password, so only its kind is named.
    match address.expose_secret().split(':').next().unwrap_or_default() {
        "cookie" => return SessionStoreSetting::Cookie,
        "memory" => return SessionStoreSetting::Memory,
        "redis" | "rediss" if !cfg!(feature = "redis") => problems.add(
            NAME,
            "names a Redis server, which this program was built without; turn on the feature `redis` of azure-auth",
        ),
        "redis" | "rediss" if Url::parse(address.expose_secret()).is_ok_and(|address| address.has_host()) => {
            return SessionStoreSetting::Redis(address.clone());
        }
        "redis" | "rediss" => problems.add(NAME, "is not an address; write `rediss://<user>:<password>@<host>:<port>`"),
        kind => problems.add(NAME, format!("found {kind:?}, expected `cookie`, `memory`, `redis://…` or `rediss://…`")),
    }
    SessionStoreSetting::Cookie
}

fn explain(settings: &Settings, problems: &mut Problems) -> bool {
    match settings.explain.as_deref() {
        None | Some("0") => false,
        Some("1") => true,
        Some(other) => {
            problems.add("AZURE_EXPLAIN", format!("found {other:?}, expected `1`, or nothing"));
            false
        }
    }
}

fn trusted_origins(settings: &Settings, problems: &mut Problems) -> Vec<Origin> {
    let mut origin = |text: &String| {
        Origin::parse(text)
            .map_err(|problem: OriginError| {
                problems.add("trusted_origins", format!("found {:?}: {problem}", shown(text)));
            })
            .ok()
    };
    settings.trusted_origins.iter().filter_map(&mut origin).collect()
}

fn lifetimes(settings: &Settings, problems: &mut Problems) -> SessionLifetimes {
    let defaults = SessionLifetimes::default();
    let lifetimes = SessionLifetimes {
        idle: settings.idle_lifetime.unwrap_or(defaults.idle),
        absolute: settings.absolute_lifetime.unwrap_or(defaults.absolute),
    };
    if lifetimes.idle < Duration::from_secs(60) || lifetimes.absolute < lifetimes.idle {
        problems.add(
            "idle_lifetime",
            format!(
                "found {} s idle and {} s in all, expected at least 60 s idle and in all no less than idle",
                lifetimes.idle.as_secs(),
                lifetimes.absolute.as_secs()
            ),
        );
    }
    lifetimes
}

fn session_cookie_budget(settings: &Settings, problems: &mut Problems) -> usize {
    let budget = settings.session_cookie_budget.unwrap_or(COOKIE_BUDGET);
    if !(1024..=COOKIE_BUDGET_LIMIT).contains(&budget) {
        problems.add(
            "session_cookie_budget",
            format!("found {budget} bytes, expected 1024 to {COOKIE_BUDGET_LIMIT}: many servers refuse longer headers"),
        );
    }
    budget
}

/// Never `cookies`: those of other applications on the same site would go with ours.
fn clear_site_data(settings: &Settings) -> Option<&'static str> {
    match (settings.clears_cache, settings.clears_storage) {
        (false, false) => None,
        (true, false) => Some("\"cache\""),
        (false, true) => Some("\"storage\""),
        (true, true) => Some("\"cache\", \"storage\""),
    }
}

/// Settings that were taken and do nothing beside the others, each with the reason. They open nothing, so the program
/// starts; whoever wrote them meant something.
fn without_effect(settings: &Settings, authority: &Authority) -> Vec<(&'static str, &'static str)> {
    const NOBODY_SIGNS_IN: &str = "nobody signs in without AZURE_CLIENT_SECRET";
    let mut found = Vec::new();
    let mut note = |is_without_effect: bool, name, reason| found.extend(is_without_effect.then_some((name, reason)));
    let is_audience_moot = settings.audiences.is_some() && !authority.is_entra();
    note(is_audience_moot, "AZURE_AUDIENCE", "only Microsoft Entra ID's access tokens are accepted");

    let is_api_only = settings.client_secret.is_none();
    for (is_set, name) in [
        (settings.session_keys.is_some(), "AZURE_SESSION_KEYS"),
        (settings.session_store.is_some(), "AZURE_SESSION_STORE"),
        (settings.callback_path.is_some(), "AZURE_AUTHORIZATION_CODE_ENDPOINT"),
        (!settings.scopes.is_empty(), "scopes"),
        (!settings.trusted_origins.is_empty(), "trusted_origins"),
        (!settings.frame_ancestors.is_empty(), "frame_ancestors"),
        (settings.idle_lifetime.is_some(), "idle_lifetime"),
        (settings.absolute_lifetime.is_some(), "absolute_lifetime"),
        (settings.session_cookie_budget.is_some(), "session_cookie_budget"),
    ] {
        note(is_set && is_api_only, name, NOBODY_SIGNS_IN);
    }
    let is_in_cookies = settings.session_store.as_ref().is_none_or(|store| store.expose_secret() == "cookie");
    let is_budget_moot = settings.session_cookie_budget.is_some() && !is_api_only && !is_in_cookies;
    note(is_budget_moot, "session_cookie_budget", "sessions are not kept in cookies");
    let is_framed_by_nobody = settings.frame_ancestors.is_empty();
    for (is_set, name) in [
        (settings.popup_login_path.is_some(), "AZURE_POPUP_LOGIN_ENDPOINT"),
        (settings.popup_logout_path.is_some(), "AZURE_POPUP_LOGOUT_ENDPOINT"),
    ] {
        note(is_set && is_framed_by_nobody, name, "`frame_ancestors` names nobody");
    }
    found
}

/// Who access tokens may be for. Without a setting: this registration, by id and by its default application id URI.
fn audiences(settings: &Settings, client: Option<&Client>, problems: &mut Problems) -> Vec<String> {
    let Some(written) = &settings.audiences else {
        let id = client.map(|client| client.id.clone()).unwrap_or_default();
        return vec![format!("api://{id}"), id];
    };
    let without_slash = |audience: &str| audience.strip_suffix('/').unwrap_or(audience).to_owned();
    let audiences: Vec<String> =
        written.iter().map(|audience| without_slash(audience.trim())).filter(|text| !text.is_empty()).collect();
    if audiences.is_empty() {
        problems.add("AZURE_AUDIENCE", "lists no audience; write the client id or an application id URI");
    }
    for graph in audiences.iter().filter(|audience| audience.contains("graph.microsoft")) {
        problems
            .add("AZURE_AUDIENCE", format!("found {graph:?}: tokens for Microsoft Graph are not for others to verify"));
    }
    audiences
}

/// Scopes of the sign-in request: printable, no blank, quote or backslash (RFC 6749 §3.3).
fn scopes(settings: &Settings, problems: &mut Problems) -> Vec<String> {
    let is_scope = |scope: &&String| {
        !scope.is_empty() && scope.bytes().all(|byte| byte.is_ascii_graphic() && byte != b'"' && byte != b'\\')
    };
    for scope in settings.scopes.iter().filter(|scope| !is_scope(scope)) {
        problems.add("scopes", format!("found {scope:?}, which is not a scope name"));
    }
    settings.scopes.iter().filter(is_scope).cloned().collect()
}

#[cfg(test)]
#[path = "settings_tests.rs"]
mod tests;
