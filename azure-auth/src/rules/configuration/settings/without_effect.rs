//! Settings that were taken and do nothing beside the others. They open nothing, so the program starts; whoever wrote them
//! meant something.

use azure_auth_policy::Guid;
use secrecy::ExposeSecret;

use super::Settings;
use super::{audiences, keys};
use crate::model::settings::authority::{Authority, TenantName};
use crate::model::settings::client::Credential;
use crate::model::settings::configuration::{Configuration, SessionStoreSetting};
use crate::model::settings::public_url::PublicUrl;
use crate::model::settings::tenants::AcceptedTenants;

/// Each with the reason.
type Found = Vec<(&'static str, String)>;

pub(super) fn find(settings: &Settings, configuration: &Configuration) -> Found {
    let mut found = Found::new();
    of_audiences(settings, configuration, &mut found);
    of_tenants(settings, configuration, &mut found);
    if configuration.authority.is_plain_http() && settings.ca_file.is_some() {
        note(
            &mut found,
            "AZURE_CA_FILE",
            "the address of AZURE_ISSUER_URI begins with `http`, where there are no certificates",
        );
    }
    of_groups(settings, configuration, &mut found);
    of_credentials(settings, configuration, &mut found);
    if configuration.client.credential.is_none() {
        of_nobody(settings, &mut found);
    } else {
        of_sessions(settings, configuration, &mut found);
        of_sign_in(settings, configuration, &mut found);
    }
    let is_framed_by_nobody = settings.frame_ancestors.is_empty();
    for (is_set, name) in [
        (settings.popup_login_path.is_some(), "AZURE_POPUP_LOGIN_ENDPOINT"),
        (settings.popup_logout_path.is_some(), "AZURE_POPUP_LOGOUT_ENDPOINT"),
    ] {
        if is_set && is_framed_by_nobody {
            note(&mut found, name, "`frame_ancestors` names nobody");
        }
    }
    found
}

fn note(found: &mut Found, name: &'static str, reason: impl Into<String>) {
    found.push((name, reason.into()));
}

/// Credentials that another one was chosen over, and what belongs to them.
fn of_credentials(settings: &Settings, configuration: &Configuration, found: &mut Found) {
    let credential = configuration.client.credential.as_ref();
    let is_certificate = matches!(credential, Some(Credential::Certificate(_)));
    for (is_used, is_set, name) in [
        (matches!(credential, Some(Credential::Secret(_))), settings.client_secret.is_some(), "AZURE_CLIENT_SECRET"),
        (is_certificate, settings.client_certificate_path.is_some(), "AZURE_CLIENT_CERTIFICATE_PATH"),
        (is_certificate, settings.client_certificate_password.is_some(), "AZURE_CLIENT_CERTIFICATE_PASSWORD"),
        (is_certificate, settings.sends_certificate_chain.is_some(), "AZURE_CLIENT_SEND_CERTIFICATE_CHAIN"),
    ] {
        if is_set && !is_used {
            let reason = match credential {
                Some(other) => format!("the program proves itself by its {} (AZURE_CLIENT_CREDENTIAL)", other.words()),
                None if settings.client_credential.is_some() => "AZURE_CLIENT_CREDENTIAL is `none`".to_owned(),
                None => "there is no AZURE_CLIENT_CERTIFICATE_PATH".to_owned(),
            };
            note(found, name, reason);
        }
    }
}

fn of_audiences(settings: &Settings, configuration: &Configuration, found: &mut Found) {
    const NAME: &str = "AZURE_AUDIENCE";
    if settings.audiences.is_none() {
        return;
    }
    if !configuration.authority.is_entra() {
        return note(found, NAME, "only Microsoft Entra ID's access tokens are accepted");
    }
    let listed = &configuration.audiences;
    let own = audiences::own(&configuration.client.id);
    if own.iter().all(|own| listed.contains(own)) && listed.iter().all(|listed| own.contains(listed)) {
        note(found, NAME, "it lists the client id and its `api://`, which are accepted without it");
    } else if let Some(twice) = first_twice(listed) {
        note(found, NAME, format!("one of two entries {twice:?} can go; one trailing slash makes no difference"));
    }
}

fn of_groups(settings: &Settings, configuration: &Configuration, found: &mut Found) {
    let is_entra = configuration.authority.is_entra();
    for (is_set, name) in
        [(settings.group_overage.is_some(), "AZURE_GROUP_OVERAGE"), (settings.graph_uri.is_some(), "AZURE_GRAPH_URI")]
    {
        if is_set && !is_entra {
            note(found, name, "only Microsoft Entra ID has a Microsoft Graph");
        } else if is_set && configuration.client.credential.is_none() {
            note(found, name, "Microsoft Graph is not asked without a credential, such as AZURE_CLIENT_SECRET");
        }
    }
}

fn of_tenants(settings: &Settings, configuration: &Configuration, found: &mut Found) {
    const NAME: &str = "AZURE_VALID_TENANT_IDS";
    if settings.valid_tenant_ids.is_none() {
        return;
    }
    let Authority::Entra { tenant, .. } = &configuration.authority else { return };
    let only = match tenant {
        TenantName::Id(only) => Some(*only),
        TenantName::Consumers => Some(Guid::CONSUMERS),
        _ => None,
    };
    match (&configuration.tenants, only) {
        (AcceptedTenants::Listed(listed), Some(only)) if listed.iter().all(|listed| *listed == only) => {
            note(found, NAME, "it lists the tenant of AZURE_ISSUER_URI alone, which is accepted without it");
        }
        (AcceptedTenants::Listed(_) | AcceptedTenants::EveryWorkTenant, Some(_)) => {
            note(found, NAME, "AZURE_ISSUER_URI names one tenant, and people of no other sign in there");
        }
        (AcceptedTenants::Listed(listed), None) => {
            if let Some(twice) = first_twice(listed) {
                note(found, NAME, format!("one of two entries {twice} can go"));
            }
        }
        _ => {}
    }
}

/// Where nobody signs in.
fn of_nobody(settings: &Settings, found: &mut Found) {
    for (is_set, name) in [
        (settings.session_keys.is_some(), "AZURE_SESSION_KEYS"),
        (settings.session_store.is_some(), "AZURE_SESSION_STORE"),
        (settings.callback_path.is_some(), "AZURE_AUTHORIZATION_CODE_ENDPOINT"),
        (settings.login_path.is_some(), "login_path"),
        (settings.logout_path.is_some(), "logout_path"),
        (settings.session_path.is_some(), "session_path"),
        (!settings.scopes.is_empty(), "scopes"),
        (!settings.trusted_origins.is_empty(), "trusted_origins"),
        (!settings.frame_ancestors.is_empty(), "frame_ancestors"),
        (settings.idle_lifetime.is_some(), "idle_lifetime"),
        (settings.absolute_lifetime.is_some(), "absolute_lifetime"),
        (settings.session_cookie_budget.is_some(), "session_cookie_budget"),
        (settings.clears_cache, "clear_cache_at_sign_out"),
        (settings.clears_storage, "clear_storage_at_sign_out"),
        (settings.has_redis_credentials, "redis_credentials"),
    ] {
        if is_set {
            note(found, name, "nobody signs in without a credential, such as AZURE_CLIENT_SECRET");
        }
    }
}

fn of_sessions(settings: &Settings, configuration: &Configuration, found: &mut Found) {
    let storage = &configuration.session_storage;
    let is_derivable = configuration.client.secret().is_some_and(|secret| keys::are_derivable(secret.expose_secret()));
    if settings.session_keys.is_some() && is_derivable && matches!(storage, SessionStoreSetting::Memory) {
        note(
            found,
            "AZURE_SESSION_KEYS",
            "sessions are in this process (AZURE_SESSION_STORE=memory) and end with it whatever the key; a derived one does \
             for sign-ins under way",
        );
    }
    if settings.session_cookie_budget.is_some() && !matches!(storage, SessionStoreSetting::Cookie) {
        note(found, "session_cookie_budget", "sessions are not kept in cookies (AZURE_SESSION_STORE)");
    }
    if settings.has_redis_credentials && !matches!(storage, SessionStoreSetting::Redis(_)) {
        note(found, "redis_credentials", "AZURE_SESSION_STORE names no Redis server");
    }
}

fn of_sign_in(settings: &Settings, configuration: &Configuration, found: &mut Found) {
    if let Some(scope) = settings.scopes.iter().find(|scope| ["openid", "profile"].contains(&scope.as_str())) {
        note(found, "scopes", format!("every sign-in asks for {scope:?} without it"));
    } else if let Some(twice) = first_twice(&configuration.scopes) {
        note(found, "scopes", format!("one of two entries {twice:?} can go"));
    }
    let own: Vec<_> = configuration.public_urls.iter().map(PublicUrl::origin).collect();
    if let Some(origin) = configuration.trusted_origins.iter().find(|origin| own.contains(origin)) {
        // Beside others each address is a site of its own, which has to be trusted by name.
        if own.len() == 1 {
            note(found, "trusted_origins", format!("{origin} is the application's own, and needs no trust"));
        }
    } else if let Some(twice) = first_twice(&configuration.trusted_origins) {
        note(found, "trusted_origins", format!("one of two entries {twice} can go"));
    }
}

fn first_twice<T: PartialEq>(all: &[T]) -> Option<&T> {
    all.iter().enumerate().find(|(index, one)| all[..*index].contains(one)).map(|(_, one)| one)
}
