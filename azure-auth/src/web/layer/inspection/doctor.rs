//! Looks at everything that a program needs to be set up right.

use azure_auth_policy::{Guid, Requirement, RowAccess};
use secrecy::ExposeSecret;

use crate::io;
use crate::io::provider::inspected::{self, Discovered};
use crate::io::sessions::round_trip;
use crate::model::policies::row::Row;
use crate::model::providers::provider_metadata::ProviderMetadata;
use crate::model::settings::configuration::{AuthPaths, Configuration, SessionStoreSetting};
use crate::model::settings::origin::Origin;
use crate::model::settings::public_url::PublicUrl;
use crate::rules::configuration::settings::{ConfigurationError, Settings};
use crate::rules::inspection::configuration::{self, Beside};
use crate::rules::inspection::cookies::{self, Contents};
use crate::rules::inspection::documents::{self, Document};
use crate::rules::inspection::examination::{Check, Examination};
use crate::rules::inspection::finding::{Finding, Severity};
use crate::rules::inspection::reachability::{self, Circumstances};
use crate::rules::inspection::{client_credential, clock, redirect_uris, session_store};
use crate::rules::session::cookies::CookieNames;
use crate::web::application::state::Application;
use crate::web::application::store_factory;
use crate::web::layer::builder::AzureAuthBuilder;
use crate::web::layer::endpoints::Endpoints;

/// `registration`: what was found of the registration, where somebody gave it.
pub(super) async fn examine(
    endpoints: &Endpoints,
    builder: AzureAuthBuilder,
    registration: Option<Check>,
) -> Examination {
    let settings = builder.settings.clone();
    let secret = settings.client_secret.as_ref().filter(|_| settings.may_prove_by_secret());
    let shape = secret.and_then(|secret| client_credential::shape(secret.expose_secret()));
    let auth = match builder.build() {
        Ok(auth) => auth,
        Err(error) => return of_no_configuration(&settings, &error, shape),
    };
    let application = auth.application.as_ref();
    let mut checks = vec![of_configuration(endpoints, application, &settings)];
    let found = inspected::discover(&application.provider).await;
    let metadata = found.as_ref().ok().map(|found| &found.metadata);
    let tenant = metadata.and_then(|metadata| metadata.tenant);
    match &found {
        Ok(found) => checks.extend(of_provider(application, found, shape).await),
        Err(unusable) => {
            checks.push(documents::unusable(unusable));
            let left_out = [Document::Keys.check(), clock::CHECK, client_credential::CHECK, redirect_uris::CHECK];
            let reason = "the provider's discovery document is not known, which says where to ask";
            checks.extend(left_out.map(|name| Check::not_made(name, reason, "correct what discovery says first")));
        }
    }
    checks.push(of_cookies(endpoints, &application.configuration));
    checks.push(of_session_store(application).await);
    checks.push(of_rows(endpoints, &application.configuration, tenant));
    checks.extend(registration);
    Examination { checks }
}

/// What keeps the program from starting; nothing else can be asked then.
fn of_no_configuration(settings: &Settings, error: &ConfigurationError, shape: Option<Finding>) -> Examination {
    let check = Check::new(configuration::CHECK);
    let is_empty = settings.client_id.is_none() && settings.issuer_uri.is_none() && settings.client_secret.is_none();
    let check = if is_empty {
        check.finding(configuration::nothing())
    } else {
        let of_secret = |variable: &str| variable == "AZURE_CLIENT_SECRET" && shape.is_some();
        let problems = error.problems().iter().filter(|problem| !of_secret(problem.variable()));
        check.findings(problems.map(configuration::problem))
    };
    let secret = shape.map(|finding| Check::new(client_credential::CHECK).finding(finding));
    let rest = Check::not_made(
        "provider, cookies, session store and rows",
        "the program cannot start with this configuration",
        "correct the configuration first",
    );
    Examination { checks: [Some(check), secret, Some(rest)].into_iter().flatten().collect() }
}

fn of_configuration(endpoints: &Endpoints, application: &Application, settings: &Settings) -> Check {
    let configuration = &application.configuration;
    let beside = Beside {
        session_store: store_factory::described(&configuration.session_storage),
        has_session_keys: settings.session_keys.is_some(),
        ca_file: settings.ca_file.as_deref(),
        openid_scopes: endpoints.facts(&[]).openid_scopes,
        groups: groups(endpoints, configuration),
    };
    configuration::understood(configuration, &beside)
}

async fn of_provider(application: &Application, found: &Discovered, shape: Option<Finding>) -> Vec<Check> {
    let Application { configuration, provider, .. } = application;
    let metadata = &found.metadata;
    let discovery = documents::discovery(&configuration.authority.metadata_address(), &metadata.issuer.to_string());
    let keys = match inspected::keys(provider, metadata).await {
        Ok(keys) => documents::keys(metadata.keys_address.as_str(), keys),
        Err(unusable) => documents::unusable(&unusable),
    };
    let clock = clock::judge(&found.time, found.came_at);
    if configuration.client.credential.is_none() {
        return vec![discovery, keys, clock, not_needed(client_credential::CHECK), not_needed(redirect_uris::CHECK)];
    }
    let secret = of_credential(application, metadata, shape).await;
    vec![discovery, keys, clock, secret, of_redirect_uris(application, metadata).await]
}

/// What can be seen of a secret explains why it was refused, and says nothing where it was taken.
async fn of_credential(application: &Application, metadata: &ProviderMetadata, shape: Option<Finding>) -> Check {
    let Application { configuration, provider, .. } = application;
    let redirect_uri = callback_addresses(configuration).swap_remove(0);
    let client = match application.credential.prove(&metadata.token_endpoint).await {
        Ok(client) => client,
        Err(error) => return client_credential::unusable(error.to_string(), error.remedy()),
    };
    let check = client_credential::judge(&inspected::client(provider, metadata, &client, &redirect_uri).await);
    let check = match (application.credential.ends_at(), &configuration.client.credential) {
        (Some(ends_at), Some(credential)) => {
            client_credential::ending(check, credential.words(), ends_at, io::clock::now())
        }
        _ => check,
    };
    let is_refused = |finding: &Finding| matches!(finding.name, "secret-wrong" | "credential-refused");
    match shape {
        Some(shape) if check.findings.iter().any(is_refused) => Check { findings: vec![shape], ..check },
        Some(shape) if check.findings.iter().any(|finding| finding.severity == Severity::Unknown) => {
            check.finding(shape)
        }
        _ => check,
    }
}

async fn of_redirect_uris(application: &Application, metadata: &ProviderMetadata) -> Check {
    let Application { configuration, provider, .. } = application;
    let mut check = Check::new(redirect_uris::CHECK);
    for redirect_uri in callback_addresses(configuration) {
        let answer = inspected::redirect_uri(provider, metadata, &configuration.client.id, &redirect_uri).await;
        let finding = redirect_uris::judge(&redirect_uri, &answer);
        let name = if finding.is_none() { "registered" } else { "to register (Web)" };
        check = check.fact(name, redirect_uri).findings(finding);
    }
    let urls = configuration.public_urls.iter();
    let front_channel =
        urls.map(|url| format!("{url}{}{}", configuration.paths.session, AuthPaths::FRONT_CHANNEL_LOGOUT));
    front_channel.fold(check, |check, address| check.fact("front-channel logout", address))
}

/// As the provider must know them: one for each public address, or that of this machine, where any port is the same.
fn callback_addresses(configuration: &Configuration) -> Vec<String> {
    let callback = &configuration.paths.callback;
    match configuration.public_urls.as_slice() {
        [] => vec![format!("http://localhost{callback}")],
        urls => urls.iter().map(|url| format!("{url}{callback}")).collect(),
    }
}

fn of_cookies(endpoints: &Endpoints, configuration: &Configuration) -> Check {
    if configuration.client.credential.is_none() {
        return not_needed(cookies::CHECK);
    }
    let local = Origin::of_loopback_host("localhost").map(PublicUrl::from);
    let urls = configuration.public_urls.iter().chain(local.as_ref().filter(|_| configuration.public_urls.is_empty()));
    let names: Vec<CookieNames> = urls.map(|url| CookieNames::new(&configuration.client.id, url)).collect();
    let requirements = requirements(endpoints.rows());
    let groups = groups(endpoints, configuration);
    let contents = Contents::of(&requirements, groups, configuration.keep_claims.clone());
    let is_in_cookies = matches!(configuration.session_storage, SessionStoreSetting::Cookie);
    let budget = is_in_cookies.then_some(configuration.session_cookie_budget);
    cookies::judge(&names, configuration.embedding.is_some(), &contents, budget)
}

async fn of_session_store(application: &Application) -> Check {
    let Some(store) = &application.sessions else { return not_needed(session_store::CHECK) };
    session_store::judge(&round_trip::make(store.as_ref(), application.configuration.lifetimes).await)
}

fn of_rows(endpoints: &Endpoints, configuration: &Configuration, authority_tenant: Option<Guid>) -> Check {
    let is_entra = configuration.authority.is_entra();
    let circumstances = Circumstances {
        signs_in: configuration.client.credential.is_some(),
        takes_tokens: is_entra,
        has_tenants: is_entra,
        tenants: configuration.tenants.clone(),
        authority_tenant,
    };
    reachability::judge(endpoints.rows(), &endpoints.problems(&configuration.own_paths()), &circumstances)
}

fn not_needed(name: &'static str) -> Check {
    Check::new(name).fact("not needed", "nobody signs in here")
}

fn requirements(rows: &[Row]) -> Vec<Requirement<'static>> {
    let of_row = |row: &Row| match row.access() {
        RowAccess::Public { .. } => Vec::new(),
        RowAccess::Protected(requirements) => requirements,
    };
    rows.iter().flat_map(of_row).collect()
}

/// Groups that sign-in asks about.
fn groups(endpoints: &Endpoints, configuration: &Configuration) -> Vec<Guid> {
    let requirements = requirements(endpoints.rows());
    let declared = requirements.iter().flat_map(Requirement::groups);
    let mut groups: Vec<Guid> = declared.chain(configuration.groups.iter().copied()).collect();
    groups.sort_unstable();
    groups.dedup();
    groups
}
