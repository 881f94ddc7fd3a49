//! Who signs people in, and what this application is to them.

use azure_auth_policy::Guid;
use secrecy::ExposeSecret;

use super::Settings;
use super::problem::{ConfigurationProblem, Problems};
use super::{credential, secret};
use crate::model::settings::almost_guid::GuidFlaw;
use crate::model::settings::authority::{Authority, TenantName};
use crate::model::settings::client::Client;
use crate::model::settings::tenants::AcceptedTenants;
use crate::rules::configuration::shown_address::{shown, shown_word};

const CLIENT_ID: &str = "AZURE_CLIENT_ID";
const SECRET: &str = "AZURE_CLIENT_SECRET";
const ISSUER: &str = "AZURE_ISSUER_URI";
const TENANTS: &str = "AZURE_VALID_TENANT_IDS";
const OWN_TENANT: &str = "AZURE_TENANT_ID";
const AUTHORITY_HOST: &str = "AZURE_AUTHORITY_HOST";

/// Where nobody is asked to sign people in by name, Azure's own tools say who does it: the tenant, and the cloud that it is in.
pub(super) fn issuer(settings: &Settings) -> Option<String> {
    let of_tools = || {
        let tenant = settings.tenant_id.as_ref()?;
        let host = settings.authority_host.as_deref().unwrap_or(PUBLIC_CLOUD).trim_end_matches('/');
        // The host alone is one of the forms that Azure's tools take.
        let scheme = if host.contains("://") { "" } else { "https://" };
        Some(format!("{scheme}{host}/{tenant}"))
    };
    settings.issuer_uri.clone().or_else(of_tools)
}

const PUBLIC_CLOUD: &str = "https://login.microsoftonline.com";

/// `names_issuer`: by its own variable.
pub(super) fn authority(settings: &Settings, names_issuer: bool, problems: &mut Problems<'_>) -> Option<Authority> {
    let text = settings.issuer_uri.as_ref()?;
    Authority::parse(text)
        .map_err(|error| {
            let problem = if names_issuer {
                ConfigurationProblem::new(ISSUER, error.to_string(), error.remedy())
            } else {
                ConfigurationProblem::new(OWN_TENANT, error.to_string(), error.remedy()).beside(&[AUTHORITY_HOST])
            };
            problems.add(problem.having_found(shown(text)));
        })
        .ok()
}

pub(super) fn client(
    settings: &Settings,
    authority: Option<&Authority>,
    problems: &mut Problems<'_>,
) -> Option<Client> {
    let is_entra = authority.is_none_or(Authority::is_entra);
    let id = settings.client_id.as_deref().filter(|id| is_entra && id.parse::<Guid>().is_err());
    match id {
        Some(id) if is_swapped(settings, id) => {
            let cause = "the secret has the form of an id, and the id has that of a secret: they are probably swapped";
            let remedy = "write \"Application (client) ID\" into AZURE_CLIENT_ID, and the column \"Value\" of the secret \
                          into AZURE_CLIENT_SECRET";
            problems.add(ConfigurationProblem::new(CLIENT_ID, cause, remedy).beside(&[SECRET]));
        }
        _ => {
            problems.found_of(id.map(not_an_id));
            if settings.may_prove_by_secret() {
                secret::judge(settings, problems);
            }
        }
    }
    let credential = credential::judge(settings, authority, problems);
    Some(Client { id: client_id(settings, is_entra)?, credential })
}

/// No two ids: one is as long as a secret, and so it is not shown either.
fn is_swapped(settings: &Settings, id: &str) -> bool {
    let is_id = |secret: &str| secret.parse::<Guid>().is_ok();
    shown_word(id).is_none() && settings.client_secret.as_ref().is_some_and(|secret| is_id(secret.expose_secret()))
}

fn not_an_id(text: &str) -> ConfigurationProblem {
    const COPY: &str = "copy \"Application (client) ID\" from the Overview of the app registration";
    let problem = match GuidFlaw::of(text) {
        Some(GuidFlaw { cause, meant: Some(id) }) => {
            ConfigurationProblem::new(CLIENT_ID, format!("the text {cause}"), format!("write AZURE_CLIENT_ID={id}"))
        }
        Some(GuidFlaw { cause, meant: None }) => {
            ConfigurationProblem::new(CLIENT_ID, format!("the text {cause}"), format!("{COPY} once more"))
        }
        None if text.starts_with('<') => {
            return ConfigurationProblem::new(CLIENT_ID, "a placeholder, not an id", COPY)
                .having_found(shown_word(text));
        }
        None if shown_word(text).is_none() => {
            return ConfigurationProblem::new(
                CLIENT_ID,
                "not an id (it is not shown, because it may be a secret)",
                COPY,
            );
        }
        None => ConfigurationProblem::new(CLIENT_ID, "not an id", COPY),
    };
    problem.having_found(text.to_owned())
}

/// The client id as the provider writes it: Entra ID's are ids, and one in capitals is the same one. Tokens are compared
/// with this text, exactly.
fn client_id(settings: &Settings, is_entra: bool) -> Option<String> {
    let written = settings.client_id.as_ref()?;
    let id = written.parse::<Guid>().ok().filter(|_| is_entra);
    Some(id.map_or_else(|| written.clone(), |id| id.to_string()))
}

/// Where the program's own tokens come from, where the authority is of many tenants. Azure's tools set the variable as well:
/// where the authority says itself which tenant it is, nobody reads it.
pub(super) fn own_tenant(
    settings: &Settings,
    authority: Option<&Authority>,
    problems: &mut Problems<'_>,
) -> Option<Guid> {
    let is_of_many = authority.is_some_and(|authority| authority.is_entra() && !authority.is_of_one_tenant());
    let text = settings.tenant_id.as_ref().filter(|_| is_of_many)?;
    let tenant = text.parse().ok();
    if tenant.is_none() {
        let remedy = "copy \"Directory (tenant) ID\" of the tenant that the program's own tokens are for, or unset it";
        let problem = ConfigurationProblem::new(OWN_TENANT, "is not the id of a tenant", remedy);
        problems.add(problem.having_found(shown(text)));
    }
    tenant
}

pub(super) fn tenants(
    settings: &Settings,
    authority: Option<&Authority>,
    problems: &mut Problems<'_>,
) -> AcceptedTenants {
    let name = match authority {
        Some(Authority::Entra { tenant, .. }) => Some(tenant),
        _ => None,
    };
    let Some(text) = &settings.valid_tenant_ids else {
        if let Some(open @ (TenantName::Common | TenantName::Organizations)) = name {
            let word = open.as_path_segment();
            // The cause is in two variables, and so is the remedy.
            let cause = format!(", and AZURE_ISSUER_URI names `{word}`, which signs in people of every tenant");
            let remedy = format!(
                "either write the tenant id in place of `{word}` in AZURE_ISSUER_URI, or list in AZURE_VALID_TENANT_IDS the \
                 tenant ids you accept, separated by commas, or `*` for every work tenant"
            );
            problems.add_unset(TENANTS, &[ISSUER], &cause, &remedy);
        }
        // Sessions are judged by this list too, so that one of another tenant does not outlive a change of authority.
        return match name {
            Some(TenantName::Id(only)) => AcceptedTenants::Listed(vec![*only]),
            Some(TenantName::Consumers) => AcceptedTenants::Listed(vec![Guid::CONSUMERS]),
            _ => AcceptedTenants::OfAuthority,
        };
    };
    if authority.is_some_and(|authority| !authority.is_entra()) {
        problems.add(
            ConfigurationProblem::new(
                TENANTS,
                "lists tenants, and the provider of AZURE_ISSUER_URI has none: nobody would be kept out",
                "remove AZURE_VALID_TENANT_IDS, or let AZURE_ISSUER_URI name Microsoft Entra ID",
            )
            .beside(&[ISSUER]),
        );
        return AcceptedTenants::OfAuthority;
    }
    if text == "*" && name == Some(&TenantName::Consumers) {
        problems.add(
            ConfigurationProblem::new(
                TENANTS,
                "is `*`, every work tenant, and `consumers` in AZURE_ISSUER_URI signs in personal accounts only",
                "remove AZURE_VALID_TENANT_IDS, or write `organizations` in place of `consumers`",
            )
            .beside(&[ISSUER]),
        );
    }
    if text == "*" {
        return AcceptedTenants::EveryWorkTenant;
    }
    AcceptedTenants::Listed(listed(text, name, problems))
}

fn listed(text: &str, name: Option<&TenantName>, problems: &mut Problems<'_>) -> Vec<Guid> {
    let mut listed = Vec::new();
    let parts: Vec<&str> = text.split(',').map(str::trim).filter(|part| !part.is_empty()).collect();
    for part in &parts {
        match part.parse::<Guid>() {
            Ok(Guid::CONSUMERS) if name == Some(&TenantName::Organizations) => problems.add(
                ConfigurationProblem::new(
                    TENANTS,
                    "lists the tenant of personal accounts, which `organizations` in AZURE_ISSUER_URI never signs in",
                    "write `common` in AZURE_ISSUER_URI, or remove that id from AZURE_VALID_TENANT_IDS",
                )
                .beside(&[ISSUER]),
            ),
            Ok(tenant) => listed.push(tenant),
            Err(_) => problems.add(not_a_tenant(part)),
        }
    }
    if parts.is_empty() {
        let remedy = "list ids, separated by commas, each \"Directory (tenant) ID\" of an Overview page, or unset \
                      AZURE_VALID_TENANT_IDS";
        problems.add(ConfigurationProblem::new(TENANTS, "lists no tenant id", remedy));
    }
    if let Some(TenantName::Id(only)) = name
        && !listed.is_empty()
        && !listed.contains(only)
    {
        let cause = format!("does not list {only}, the tenant of AZURE_ISSUER_URI: nobody could sign in");
        let remedy = format!(
            "unset AZURE_VALID_TENANT_IDS, add {only} to it, or write one of its tenants into AZURE_ISSUER_URI"
        );
        problems.add(ConfigurationProblem::new(TENANTS, cause, remedy).beside(&[ISSUER]));
    }
    listed
}

fn not_a_tenant(part: &str) -> ConfigurationProblem {
    const COPY: &str = "copy \"Directory (tenant) ID\" from the Overview of an app registration of that tenant";
    let (cause, remedy) = match GuidFlaw::of(part) {
        Some(GuidFlaw { cause, meant: Some(id) }) => (format!("the text {cause}"), format!("write `{id}`")),
        Some(GuidFlaw { cause, meant: None }) => (format!("the text {cause}"), format!("{COPY} once more")),
        None if part == "*" => {
            let cause = "`*`, every work tenant, is beside tenant ids".to_owned();
            (cause, "write `*` alone, or the ids alone, into AZURE_VALID_TENANT_IDS".to_owned())
        }
        None => ("not a tenant id".to_owned(), COPY.to_owned()),
    };
    ConfigurationProblem::new(TENANTS, cause, remedy).having_found(shown(part))
}
