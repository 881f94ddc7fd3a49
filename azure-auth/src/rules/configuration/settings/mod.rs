//! Does this program have what it needs to run? All problems at once.

mod addresses;
mod audiences;
mod credential;
mod keys;
mod missing;
pub(crate) mod misspelt;
pub(super) mod problem;
mod provider;
pub(crate) mod quotes;
mod secret;
mod sessions;
#[cfg(test)]
mod tests;
mod variables;
mod without_effect;

use std::time::Duration;

use azure_auth_policy::Guid;
use secrecy::SecretString;

use self::misspelt::Misspelt;
use self::problem::Problems;
pub use self::problem::{ConfigurationError, ConfigurationProblem};
#[cfg(feature = "redis")]
pub(crate) use self::sessions::no_redis_address;
#[cfg(not(feature = "redis"))]
pub(crate) use self::sessions::without_redis;
use super::public_urls;
use super::shown_address::shown_path;
use crate::model::settings::client::Credential;
use crate::model::settings::configuration::{Configuration, own_paths};
use crate::model::settings::undeclared::Undeclared;

/// Settings as written, by environment or in code. Empty texts count as unset.
#[derive(Clone, Debug, Default)]
#[expect(clippy::struct_excessive_bools, reason = "each is a switch of the builder")]
pub(crate) struct Settings {
    pub(crate) client_id: Option<String>,
    pub(crate) client_secret: Option<SecretString>,
    pub(crate) client_certificate_path: Option<String>,
    pub(crate) client_certificate_password: Option<SecretString>,
    pub(crate) sends_certificate_chain: Option<String>,
    pub(crate) federated_token_file: Option<String>,
    pub(crate) client_credential: Option<String>,
    /// Where Azure says that the tokens of its identities are.
    pub(crate) identity_endpoint: Option<String>,
    pub(crate) identity_header: Option<SecretString>,
    pub(crate) machine_identity_host: Option<String>,
    pub(crate) authority_host: Option<String>,
    pub(crate) issuer_uri: Option<String>,
    pub(crate) valid_tenant_ids: Option<String>,
    pub(crate) callback_path: Option<String>,
    pub(crate) public_urls: Option<Vec<String>>,
    pub(crate) session_keys: Option<Vec<SecretString>>,
    pub(crate) session_store: Option<SecretString>,
    pub(crate) group_overage: Option<String>,
    pub(crate) graph_uri: Option<String>,
    pub(crate) explain: Option<String>,
    pub(crate) tenant_id: Option<String>,
    pub(crate) handles_claims_challenges: bool,
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
    /// Whether a function gives what opens a Redis server.
    pub(crate) has_redis_credentials: bool,
    /// Variables that are set, are not read, and were probably meant to be.
    pub(crate) misspelt: Vec<Misspelt>,
    /// Variables that are read and hold something else than text.
    pub(crate) unreadable: Vec<&'static str>,
}

/// Checks settings as a whole.
pub(crate) fn judge(settings: &Settings) -> Result<Configuration, ConfigurationError> {
    let mut problems = Problems::new(&settings.misspelt);
    for variable in &settings.unreadable {
        problems.add(ConfigurationProblem::new(
            variable,
            "the text is not UTF-8",
            format!("write {variable}=… anew, in UTF-8"),
        ));
    }
    let mut settings = quotes::taken_away(settings, &mut problems);
    let names_issuer = settings.issuer_uri.is_some();
    settings.issuer_uri = provider::issuer(&settings);
    let settings = &settings;
    missing::judge(settings, &mut problems);
    let authority = provider::authority(settings, names_issuer, &mut problems);
    let client = provider::client(settings, authority.as_ref(), &mut problems);
    let credential = client.as_ref().and_then(|client| client.credential.as_ref());
    let tenants = provider::tenants(settings, authority.as_ref(), &mut problems);
    let public_urls = addresses::public_urls(settings, &mut problems);
    let (paths, embedding) = addresses::paths(settings, &mut problems);
    for problem in public_urls::clashes(&public_urls, &own_paths(&paths, embedding.as_ref())) {
        problems.add(problem);
    }
    let own_tenant = provider::own_tenant(settings, authority.as_ref(), &mut problems);
    let sealing_secrets = keys::sealing_secrets(settings, credential, public_urls.first(), &mut problems);
    let session_storage = sessions::storage(settings, &mut problems);
    let asks_graph_for_groups = addresses::group_overage(settings, &mut problems);
    let graph = addresses::graph(settings, &mut problems);
    let explain = addresses::explain(settings, &mut problems);
    let trusted_origins = addresses::trusted_origins(settings, &mut problems);
    let lifetimes = sessions::lifetimes(settings, &mut problems);
    let session_cookie_budget = sessions::cookie_budget(settings, &mut problems);
    let scopes = audiences::scopes(settings, &mut problems);
    let audiences = audiences::audiences(settings, client.as_ref(), &mut problems);

    match (authority, client) {
        (Some(authority), Some(client)) if problems.is_empty() => {
            let mut configuration = Configuration {
                without_effect: Vec::new(),
                misspelt: settings.misspelt.iter().map(|found| (found.name.clone(), found.meant)).collect(),
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
                clear_site_data: sessions::clear_site_data(settings),
                asks_graph_for_groups,
                graph,
                explain,
                own_tenant,
                handles_claims_challenges: settings.handles_claims_challenges,
                undeclared: settings.undeclared,
            };
            configuration.without_effect = without_effect::find(settings, &configuration);
            Ok(configuration)
        }
        _ => Err(problems.into_error()),
    }
}

/// The file of further certificate authorities, and what keeps it from being used.
pub(crate) fn ca_file_problem(path: &str, cause: String, remedy: &'static str) -> ConfigurationError {
    ConfigurationProblem::new("AZURE_CA_FILE", cause, remedy).having_found(shown_path(path)).into()
}

/// Who signs people in, in whichever variables it is said.
pub(crate) fn issuer(settings: &Settings) -> Option<String> {
    provider::issuer(settings)
}

/// What proves the program, and why it cannot.
pub(crate) fn credential_problem(
    credential: Option<&Credential>,
    cause: String,
    remedy: &'static str,
) -> ConfigurationError {
    let (variable, path) = match credential {
        None | Some(Credential::Secret(_)) => ("AZURE_CLIENT_SECRET", None),
        Some(Credential::Certificate(file)) => ("AZURE_CLIENT_CERTIFICATE_PATH", Some(&file.path)),
        Some(Credential::FederatedToken(path)) => ("AZURE_FEDERATED_TOKEN_FILE", Some(path)),
        Some(Credential::ManagedIdentity(_)) => ("AZURE_CLIENT_CREDENTIAL", None),
    };
    let path = path.and_then(|path| shown_path(&path.to_string_lossy()));
    ConfigurationProblem::new(variable, cause, remedy).having_found(path).into()
}

/// Nothing can be asked of the provider.
pub(crate) fn transport_problem(cause: String) -> ConfigurationError {
    let remedy = "look at AZURE_CA_FILE, at HTTPS_PROXY and NO_PROXY, and at the certificates of the system";
    ConfigurationProblem::new("AZURE_ISSUER_URI", cause, remedy).into()
}
