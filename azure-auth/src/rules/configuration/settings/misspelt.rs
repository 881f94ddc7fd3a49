//! Variables that look like the library's own and are none.

use azure_auth_policy::nearest;

use super::Settings;

/// A variable that is set and not read, and the one that was probably meant.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(crate) struct Misspelt {
    pub(crate) name: String,
    pub(crate) meant: &'static str,
}

const PREFIX: &str = "AZURE_";

/// Which of these variables were probably meant to be one of the library's. Those of Azure's own tools are far from all of
/// them: only a slip of the keyboard, or a name that lacks words at one end, counts.
pub(crate) fn find<'n>(names: impl IntoIterator<Item = &'n str>) -> Vec<Misspelt> {
    let known = Settings::variables();
    let mut found = Vec::new();
    for name in names {
        let Some(own) = own_part(name).filter(|_| !known.contains(&name)) else { continue };
        // Several of them are a list, which the variable of one tenant is not.
        let is_meant = |known: &&str| !(own.eq_ignore_ascii_case("TENANT_IDS") && *known == "TENANT_ID");
        let candidates = || known.iter().filter_map(|known| own_part(known)).filter(is_meant);
        let meant = nearest(own, candidates()).or_else(|| lacking_words(own, candidates()));
        let meant = meant.and_then(|meant| known.iter().copied().find(|known| own_part(known) == Some(meant)));
        found.extend(meant.map(|meant| Misspelt { name: name.to_owned(), meant }));
    }
    found.sort_by(|one, other| one.name.cmp(&other.name));
    found.dedup();
    found
}

/// Whether a variable may be one that was meant for the library.
pub(crate) fn own_part(name: &str) -> Option<&str> {
    name.split_at_checked(PREFIX.len()).filter(|(prefix, _)| prefix.eq_ignore_ascii_case(PREFIX)).map(|(_, own)| own)
}

/// `ISSUER` for `ISSUER_URI`, `TENANT_IDS` for `VALID_TENANT_IDS`: the words at one end of one name alone, and more than half
/// of it.
fn lacking_words<'k>(found: &str, known: impl Iterator<Item = &'k str>) -> Option<&'k str> {
    let found = found.to_ascii_uppercase();
    let has_words = |known: &&str| {
        let starts = known.strip_prefix(found.as_str()).is_some_and(|rest| rest.starts_with('_'));
        starts || known.strip_suffix(found.as_str()).is_some_and(|rest| rest.ends_with('_'))
    };
    let mut candidates = known.filter(has_words);
    let only = candidates.next().filter(|_| candidates.next().is_none())?;
    (found.len() * 2 > only.len()).then_some(only)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_slip_is_told_from_the_variables_of_other_tools() {
        for (name, meant) in [
            ("AZURE_CLIENTID", "AZURE_CLIENT_ID"),
            ("AZURE_CLIENT_IDS", "AZURE_CLIENT_ID"),
            ("AZURE_CLEINT_ID", "AZURE_CLIENT_ID"),
            ("azure_client_id", "AZURE_CLIENT_ID"),
            ("AZURE_CLIENT_SECRETS", "AZURE_CLIENT_SECRET"),
            ("AZURE_ISSUER", "AZURE_ISSUER_URI"),
            ("AZURE_ISSUER_URL", "AZURE_ISSUER_URI"),
            ("AZURE_TENANT_IDS", "AZURE_VALID_TENANT_IDS"),
            ("AZURE_VALID_TENANT_ID", "AZURE_VALID_TENANT_IDS"),
            ("AZURE_VALID_TENANT", "AZURE_VALID_TENANT_IDS"),
            ("AZURE_PUBLIC_URLS", "AZURE_PUBLIC_URL"),
            ("AZURE_PUBLICURL", "AZURE_PUBLIC_URL"),
            ("AZURE_SESSION_KEY", "AZURE_SESSION_KEYS"),
            ("AZURE_AUDIENCES", "AZURE_AUDIENCE"),
            ("AZURE_EXPLIAN", "AZURE_EXPLAIN"),
            ("AZURE_CAFILE", "AZURE_CA_FILE"),
            ("AZURE_GRAPH_URL", "AZURE_GRAPH_URI"),
            ("AZURE_GROUP_OVERAGES", "AZURE_GROUP_OVERAGE"),
        ] {
            assert_eq!(find([name]), [Misspelt { name: name.to_owned(), meant }], "{name}");
        }
        for name in Settings::variables() {
            assert_eq!(find([name]), [], "{name}");
        }
        for name in [
            "AZURE_TENANT_ID",
            "AZURE_AUTHORITY_HOST",
            "AZURE_FEDERATED_TOKEN_FILE",
            "AZURE_CLIENT_CERTIFICATE_PATH",
            "AZURE_CLIENT_CERTIFICATE_PASSWORD",
            "AZURE_CLIENT_SEND_CERTIFICATE_CHAIN",
            "AZURE_CLIENT_CREDENTIAL",
            "AZURE_SUBSCRIPTION_ID",
            "AZURE_RESOURCE_GROUP",
            "AZURE_RESOURCE_NAME",
            "AZURE_CONFIG_DIR",
            "AZURE_CONFIG_FILE",
            "AZURE_STORAGE_ACCOUNT",
            "AZURE_STORAGE_KEY",
            "AZURE_STORAGE_CONNECTION_STRING",
            "AZURE_STORAGE_SAS_TOKEN",
            "AZURE_OPENAI_API_KEY",
            "AZURE_OPENAI_ENDPOINT",
            "AZURE_KEYVAULT_URL",
            "AZURE_KEY_VAULT_NAME",
            "AZURE_COSMOS_ENDPOINT",
            "AZURE_SERVICEBUS_CONNECTION_STRING",
            "AZURE_REGIONAL_AUTHORITY_NAME",
            "AZURE_POD_IDENTITY_AUTHORITY_HOST",
            "AZURE_USERNAME",
            "AZURE_PASSWORD",
            "AZURE_USER_ASSIGNED_IDENTITY_CLIENT_ID",
            "AZURE_TOKEN_CREDENTIALS",
            "AZURE_IDENTITY_DISABLE_MULTITENANTAUTH",
            "AZURE_CORE_OUTPUT",
            "AZURE_DEFAULTS_GROUP",
            "AZURE_HTTP_USER_AGENT",
            "AZURE_EXTENSION_DIR",
            "AZURE_LOG_LEVEL",
            "AZURE_ENV_NAME",
            "AZURE_LOCATION",
            "AZURE_CREDENTIALS",
            "AZURE_CLOUD",
            "AZURE_ENVIRONMENT",
            "AZURE_FUNCTIONS_ENVIRONMENT",
            "AZURE_SDK_TRACING_IMPLEMENTATION",
            "AZURE_AUTH_UPDATE_DOCUMENTS",
            "AZURE_CLIENT",
            "AZURE_SESSION",
            "AZURE_ID",
            "AZURE_",
            "AZURE",
            "CLIENT_ID",
            "MY_AZURE_CLIENTID",
            "\u{e9}\u{e9}\u{e9}\u{e9}",
        ] {
            assert_eq!(find([name]), [], "{name}");
        }
    }

    #[test]
    fn several_are_named_in_one_order_each_once() {
        let names: Vec<String> = find(["AZURE_PUBLIC_URLS", "AZURE_CLIENTID", "AZURE_CLIENTID"])
            .into_iter()
            .map(|found| found.name)
            .collect();
        assert_eq!(names, ["AZURE_CLIENTID", "AZURE_PUBLIC_URLS"]);
    }
}
