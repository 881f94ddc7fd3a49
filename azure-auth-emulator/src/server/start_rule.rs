//! When a program gets a local Entra ID, and when it does not.

use std::ffi::OsString;
use std::net::SocketAddr;

use thiserror::Error;

use crate::directory::resources::nearest::nearest;

/// The variables that `azure-auth` reads. A test beside both crates compares the two lists. Those that Azure sets by itself,
/// such as `AZURE_TENANT_ID`, are not among them: alone they configure nothing.
pub(crate) const VARIABLES: [&str; 19] = [
    "AZURE_ISSUER_URI",
    "AZURE_CLIENT_ID",
    "AZURE_CLIENT_SECRET",
    "AZURE_CLIENT_CERTIFICATE_PATH",
    "AZURE_CLIENT_CERTIFICATE_PASSWORD",
    "AZURE_CLIENT_SEND_CERTIFICATE_CHAIN",
    "AZURE_CLIENT_CREDENTIAL",
    "AZURE_VALID_TENANT_IDS",
    "AZURE_AUDIENCE",
    "AZURE_AUTHORIZATION_CODE_ENDPOINT",
    "AZURE_POPUP_LOGIN_ENDPOINT",
    "AZURE_POPUP_LOGOUT_ENDPOINT",
    "AZURE_PUBLIC_URL",
    "AZURE_SESSION_KEYS",
    "AZURE_SESSION_STORE",
    "AZURE_EXPLAIN",
    "AZURE_CA_FILE",
    "AZURE_GRAPH_URI",
    "AZURE_GROUP_OVERAGE",
];

/// Why no emulator is started.
#[derive(Clone, Debug, PartialEq, Eq, Error)]
pub(crate) enum Objection {
    /// The application uses the tenant that they name, or says which of them are missing.
    #[error("found {}; to sign in without a tenant, leave unset what azure-auth reads ({})", set(names), VARIABLES.join(", "))]
    Configured { names: Vec<&'static str> },
    /// Usual cause: the address of a container, which must be reached from outside.
    #[error(
        "found the address {bind:?}, expected one of loopback, such as 127.0.0.1:3000: everyone who reaches the \
         application could sign in as anybody, without a password; serve it on loopback, or configure a tenant (AZURE_ISSUER_URI, \
         AZURE_CLIENT_ID, AZURE_CLIENT_SECRET)"
    )]
    NotLoopback { bind: String },
}

/// The reason not to start an emulator for an application at this address, with these variables. An empty variable counts as
/// unset, as in `azure-auth`.
pub(crate) fn objection(bind: &str, variable: impl Fn(&str) -> Option<OsString>) -> Option<Objection> {
    let is_set = |name: &&str| variable(name).is_some_and(|value| !value.to_string_lossy().trim().is_empty());
    let names: Vec<_> = VARIABLES.into_iter().filter(is_set).collect();
    if !names.is_empty() {
        return Some(Objection::Configured { names });
    }
    let is_loopback = match bind.parse::<SocketAddr>() {
        Ok(address) => address.ip().is_loopback(),
        Err(_) => bind.strip_prefix("localhost:").is_some_and(|port| port.parse::<u16>().is_ok()),
    };
    (!is_loopback).then(|| Objection::NotLoopback { bind: bind.to_owned() })
}

/// For each variable of these that `azure-auth` does not read, the one that was probably meant.
pub(crate) fn mistyped_variables(names: impl Iterator<Item = String>) -> Vec<(String, &'static str)> {
    let own = |name: &'static str| name.strip_prefix(PREFIX);
    let unread = names.filter(|name| !VARIABLES.contains(&name.as_str()));
    unread
        .filter_map(|name| {
            let meant = nearest(name.strip_prefix(PREFIX)?, VARIABLES.into_iter().filter_map(own))?;
            let meant = VARIABLES.into_iter().find(|known| own(known) == Some(meant))?;
            Some((name, meant))
        })
        .collect()
}

const PREFIX: &str = "AZURE_";

fn set(names: &[&str]) -> String {
    format!("{} in the environment", names.join(", "))
}

#[cfg(test)]
mod tests {
    use super::*;

    fn judge(bind: &str, variables: &[(&str, &str)]) -> Option<Objection> {
        let value = |name: &str| variables.iter().find(|(found, _)| *found == name).map(|(_, value)| value.into());
        objection(bind, value)
    }

    #[test]
    fn only_variables_that_the_library_reads_speak_against_an_emulator_and_each_of_them_does() {
        assert_eq!(judge("127.0.0.1:3000", &[]), None);
        for name in VARIABLES {
            let expected = Some(Objection::Configured { names: vec![name] });
            assert_eq!(judge("127.0.0.1:3000", &[(name, "x")]), expected);
            assert_eq!(judge("0.0.0.0:3000", &[(name, "x")]), expected, "the variable is what the person must know");
            for empty in ["", " ", "\t\n"] {
                assert_eq!(judge("127.0.0.1:3000", &[(name, empty)]), None, "{name} {empty:?}");
            }
        }
        for name in [
            "AZURE_HTTP_USER_AGENT",
            "AZURE_CONFIG_DIR",
            "AZURE_TENANT_ID",
            "AZURE_AUTHORITY_HOST",
            "AZURE_FEDERATED_TOKEN_FILE",
            "AZURE_CORE_OUTPUT",
            "AZURE_AUTH_UPDATE_LOCK",
            "AZURE_",
            "AZURE_CLIENT_ID_",
            "azure_client_id",
            "MY_AZURE_CLIENT_ID",
        ] {
            assert_eq!(judge("127.0.0.1:3000", &[(name, "x")]), None, "{name}");
        }
    }

    #[test]
    fn only_an_application_on_loopback_gets_an_emulator() {
        for bind in ["127.0.0.1:3000", "127.0.0.1:0", "127.9.9.9:1", "[::1]:3000", "localhost:3000"] {
            assert_eq!(judge(bind, &[]), None, "{bind}");
        }
        for bind in [
            "0.0.0.0:3000",
            "[::]:3000",
            "192.168.0.1:3000",
            "128.0.0.1:3000",
            "[::ffff:127.0.0.1]:3000",
            "localhost.evil.example:3000",
            "localhost:3000.evil.example",
            "localhost",
            "127.0.0.1",
            "evil.example:3000",
            ":3000",
            "",
        ] {
            let expected = Some(Objection::NotLoopback { bind: bind.to_owned() });
            assert_eq!(judge(bind, &[]), expected, "{bind}");
        }
    }

    #[test]
    fn an_objection_says_what_was_found_what_was_expected_and_what_to_do() {
        let text = judge("127.0.0.1:3000", &[("AZURE_AUDIENCE", "x"), ("AZURE_CLIENT_ID", "y")]).unwrap().to_string();
        let expected =
            "found AZURE_CLIENT_ID, AZURE_AUDIENCE in the environment; to sign in without a tenant, leave unset";
        assert!(text.starts_with(expected), "{text}");
        assert!(!text.contains('x') || !text.contains('y') || text.contains("AZURE_EXPLAIN"), "no values: {text}");
        let text = judge("0.0.0.0:3000", &[]).unwrap().to_string();
        assert!(text.starts_with("found the address \"0.0.0.0:3000\", expected one of loopback"), "{text}");
        assert!(text.contains("serve it on loopback, or configure a tenant"), "{text}");
    }

    #[test]
    fn a_mistyped_variable_is_told_from_those_of_other_programs() {
        for (name, meant) in [
            ("AZURE_ISSUER_URL", Some("AZURE_ISSUER_URI")),
            ("AZURE_CLIENTID", Some("AZURE_CLIENT_ID")),
            ("AZURE_CLIENT_SECRETS", Some("AZURE_CLIENT_SECRET")),
            ("AZURE_CLIENT_ID", None),
            ("AZURE_TENANT_ID", None),
            ("AZURE_CONFIG_DIR", None),
            ("AZURE_HTTP_USER_AGENT", None),
            ("ISSUER_URL", None),
        ] {
            let expected: Vec<_> = meant.into_iter().map(|meant| (name.to_owned(), meant)).collect();
            assert_eq!(mistyped_variables([name.to_owned()].into_iter()), expected, "{name}");
        }
    }
}
