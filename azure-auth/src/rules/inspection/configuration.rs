//! The configuration as it is understood, and what is wrong with it. No secret is part of either.

use azure_auth_policy::Guid;

use super::examination::Check;
use super::finding::Finding;
use crate::model::settings::configuration::Configuration;
use crate::model::settings::public_url::PublicUrl;
use crate::model::settings::tenants::AcceptedTenants;
use crate::rules::configuration::settings::ConfigurationProblem;

/// The name of the check.
pub(crate) const CHECK: &str = "configuration";

/// What the configuration itself does not say.
#[derive(Clone, Debug, Default)]
pub(crate) struct Beside<'c> {
    /// Where sessions live, in words without a password.
    pub(crate) session_store: String,
    /// `AZURE_SESSION_KEYS` is set.
    pub(crate) has_session_keys: bool,
    pub(crate) ca_file: Option<&'c str>,
    /// Scopes of OpenID Connect that the table asks for.
    pub(crate) openid_scopes: Vec<&'c str>,
    /// Groups in question.
    pub(crate) groups: Vec<Guid>,
}

/// A configuration that a program can start with.
pub(crate) fn understood(configuration: &Configuration, beside: &Beside<'_>) -> Check {
    let Configuration { client, authority, paths, lifetimes, public_urls, .. } = configuration;
    let provider = if authority.is_entra() { "Microsoft Entra ID, tenant" } else { "the OpenID Connect provider" };
    let tokens = match (authority.is_entra(), configuration.audiences.join(" or ")) {
        (true, audiences) => format!("accepted if they are for {audiences}"),
        (false, _) => "not accepted: only Microsoft Entra ID's are".to_owned(),
    };
    let mut check = Check::new(CHECK)
        .fact("provider", format!("{provider} {}", authority.realm()))
        .fact("client id", &client.id)
        .fact("access tokens", tokens);
    if authority.is_entra() {
        check = check.fact("tenants", tenants(&configuration.tenants));
    }
    if let Some(credential) = &client.credential {
        let urls: Vec<&str> = public_urls.iter().map(PublicUrl::as_str).collect();
        let at = if urls.is_empty() {
            "hosts of this machine only (AZURE_PUBLIC_URL is not set)".to_owned()
        } else {
            urls.join(", ")
        };
        let mut scopes = vec!["openid", "profile"];
        for scope in beside.openid_scopes.iter().copied().chain(configuration.scopes.iter().map(String::as_str)) {
            if !scopes.contains(&scope) {
                scopes.push(scope);
            }
        }
        let keys = configuration.sealing_secrets.len();
        let keys = match (beside.has_session_keys, keys) {
            (false, _) => "made from the client secret (AZURE_SESSION_KEYS is not set)".to_owned(),
            (true, 1) => "1 of AZURE_SESSION_KEYS".to_owned(),
            (true, count) => format!("{count} of AZURE_SESSION_KEYS, the first seals"),
        };
        check = check
            .fact("credential", credential.words())
            .fact("people sign in at", at)
            .fact(
                "paths",
                [&paths.login, &paths.logout, &paths.session, &paths.callback].map(String::as_str).join(", "),
            )
            .fact("sign-in asks for", scopes.join(" "))
            .fact("session store", &beside.session_store)
            .fact("session keys", keys)
            .fact(
                "sessions last",
                format!(
                    "{} idle, {} in all",
                    in_words(lifetimes.idle.as_secs()),
                    in_words(lifetimes.absolute.as_secs())
                ),
            );
    } else {
        check = check.fact("credential", "not set: nobody signs in here, the program is an API only");
    }
    if !beside.groups.is_empty() {
        check = check.fact("groups in question", list(&beside.groups));
    }
    if let Some(embedding) = &configuration.embedding {
        check = check
            .fact("in frames of", &embedding.frame_ancestors)
            .fact("windows of frames", format!("{}, {}", embedding.login, embedding.logout));
    }
    if !configuration.trusted_origins.is_empty() {
        check = check.fact("trusted origins", list(&configuration.trusted_origins));
    }
    if let Some(path) = beside.ca_file {
        check = check.fact("further authorities", format!("{path} (AZURE_CA_FILE)"));
    }
    if configuration.explain {
        check = check.fact("developers' detail", "in answers everywhere (AZURE_EXPLAIN)");
    }
    check.findings(notices(configuration))
}

fn notices(configuration: &Configuration) -> Vec<Finding> {
    let without_effect = configuration.without_effect.iter().map(|(setting, reason)| {
        Finding::notice("setting-without-effect")
            .cause(reason.clone())
            .found(format!("{setting} is set"))
            .expected("settings that do something")
            .remedy(format!("remove {setting}, or set what it needs"))
    });
    let is_public = configuration.public_urls.first().is_some_and(|url| !url.origin().is_loopback());
    let explains = (configuration.explain && is_public).then(|| {
        Finding::notice("explains-to-everyone")
            .cause("AZURE_EXPLAIN was set to look for a mistake, and is still set")
            .found("AZURE_EXPLAIN is on, at an address that is not of this machine")
            .expected("developers' detail in the log only")
            .remedy("remove AZURE_EXPLAIN")
    });
    without_effect.chain(explains).collect()
}

/// One problem that keeps the program from starting.
pub(crate) fn problem(problem: &ConfigurationProblem) -> Finding {
    let settings = problem.variables().join(", ");
    let (name, found) = match problem.found() {
        Some(found) => ("setting-wrong", format!("{settings}: {found}")),
        None if problem.is_about_missing() => ("setting-missing", format!("{settings}: not set")),
        None => ("setting-wrong", settings),
    };
    Finding::problem(name)
        .cause(problem.cause().to_owned())
        .found(found)
        .expected(problem.expected().unwrap_or("settings with which the program can start").to_owned())
        .remedy(problem.remedy().to_owned())
}

/// None of the settings that are needed is there.
pub(crate) fn nothing() -> Finding {
    Finding::problem("nothing-configured")
        .cause("the program runs without its variables, as it does the first time, or they are in a file that it does not read")
        .found("neither AZURE_CLIENT_ID nor AZURE_ISSUER_URI is set")
        .expected("AZURE_CLIENT_ID, AZURE_ISSUER_URI, and AZURE_CLIENT_SECRET where people sign in")
        .remedy(
            "copy them from the app registration; without a tenant the crate azure-auth-emulator is a local Entra ID, which the \
             examples start by themselves when they serve",
        )
}

fn tenants(tenants: &AcceptedTenants) -> String {
    match tenants {
        AcceptedTenants::OfAuthority => "that of the provider's address".to_owned(),
        AcceptedTenants::Listed(tenants) => list(tenants),
        AcceptedTenants::EveryWorkTenant => "every work tenant (`*`)".to_owned(),
    }
}

fn list<T: ToString>(values: &[T]) -> String {
    values.iter().map(ToString::to_string).collect::<Vec<_>>().join(", ")
}

fn in_words(seconds: u64) -> String {
    match seconds {
        _ if seconds.is_multiple_of(3600) => format!("{} h", seconds / 3600),
        _ if seconds.is_multiple_of(60) => format!("{} min", seconds / 60),
        _ => format!("{seconds} s"),
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::rules::configuration::settings;

    #[test]
    fn what_is_missing_is_told_from_what_is_wrong_and_both_keep_their_remedy() {
        let of = |variables: &[(&str, &str)]| {
            let read =
                |name: &str| variables.iter().find(|(known, _)| *known == name).map(|(_, text)| (*text).to_owned());
            let error = settings::judge(&settings::Settings::from_variables(read)).err().expect("much is missing");
            error.problems().iter().map(problem).collect::<Vec<_>>()
        };
        let findings = of(&[("AZURE_EXPLAIN", "yes")]);
        assert_eq!(findings[0].name, "setting-missing");
        assert!(findings[0].found.contains("AZURE_CLIENT_ID"), "{findings:?}");
        assert_eq!(findings[1].name, "setting-wrong");
        assert_eq!(findings[1].found, "AZURE_EXPLAIN: yes");
    }
}
