//! What proves the program to the provider: exactly one credential, or none.

use azure_auth_policy::Guid;
use url::{Host, Url};

use super::Settings;
use super::problem::{ConfigurationProblem, Problems};
use crate::model::settings::authority::Authority;
use crate::model::settings::client::{CertificateFile, Credential, IdentityEndpoint, ManagedIdentity};
use crate::model::settings::origin::is_loopback;
use crate::rules::configuration::shown_address::{shown, shown_word};
use crate::rules::credential::managed_identity;

const CHOICE: &str = "AZURE_CLIENT_CREDENTIAL";
const SECRET: &str = "AZURE_CLIENT_SECRET";
const CERTIFICATE: &str = "AZURE_CLIENT_CERTIFICATE_PATH";
const CHAIN: &str = "AZURE_CLIENT_SEND_CERTIFICATE_CHAIN";
const TOKEN_FILE: &str = "AZURE_FEDERATED_TOKEN_FILE";
const EXPECTED: &str = "`secret`, `certificate`, `federated`, `managed-identity` or `none`";

/// The kinds of credentials, as the variable that chooses one names them.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
enum Kind {
    Secret,
    Certificate,
    Federated,
    ManagedIdentity(Option<Guid>),
}

impl Settings {
    /// Whether the secret proves the program, where there is one: another credential was not chosen.
    pub(crate) fn may_prove_by_secret(&self) -> bool {
        self.client_credential.as_deref().is_none_or(|chosen| chosen == "secret")
    }

    /// Whether anything is said of what proves the program.
    pub(super) fn names_credential(&self) -> bool {
        self.client_credential.is_some()
            || self.client_secret.is_some()
            || self.client_certificate_path.is_some()
            || self.federated_token_file.is_some()
    }
}

/// The one that is set, or that was chosen of several.
pub(super) fn judge(
    settings: &Settings,
    authority: Option<&Authority>,
    problems: &mut Problems<'_>,
) -> Option<Credential> {
    let kind = match settings.client_credential.as_deref() {
        Some(word) => read_choice(word, problems)?,
        None => find_only(settings, problems)?,
    };
    match kind {
        Kind::Secret => require(settings.client_secret.as_ref(), SECRET, problems).cloned().map(Credential::Secret),
        Kind::Certificate => {
            let path = require(settings.client_certificate_path.as_ref(), CERTIFICATE, problems)?;
            certificate(settings, path, problems)
        }
        Kind::Federated => {
            let path = require(settings.federated_token_file.as_ref(), TOKEN_FILE, problems)?;
            Some(Credential::FederatedToken(path.into()))
        }
        Kind::ManagedIdentity(client_id) => identity(settings, client_id, authority, problems),
    }
}

/// What the choice needs.
fn require<'s, T>(setting: Option<&'s T>, variable: &str, problems: &mut Problems<'_>) -> Option<&'s T> {
    if setting.is_none() {
        let remedy = format!("set {variable}, or unset {CHOICE}");
        problems.add(ConfigurationProblem::new(CHOICE, format!("{variable} is not set"), remedy));
    }
    setting
}

/// Where nobody chose, one has to be alone: the program would prove itself by something that its owner may not have meant.
fn find_only(settings: &Settings, problems: &mut Problems<'_>) -> Option<Kind> {
    let found: Vec<(&'static str, &'static str, Kind)> = [
        (settings.client_secret.is_some(), SECRET, "secret", Kind::Secret),
        (settings.client_certificate_path.is_some(), CERTIFICATE, "certificate", Kind::Certificate),
        (settings.federated_token_file.is_some(), TOKEN_FILE, "federated", Kind::Federated),
    ]
    .into_iter()
    .filter(|(is_set, ..)| *is_set)
    .map(|(_, variable, word, kind)| (variable, word, kind))
    .collect();
    match found.as_slice() {
        [] => None,
        [(.., kind)] => Some(*kind),
        [(first, ..), others @ ..] => {
            let others: Vec<&'static str> = others.iter().map(|(variable, ..)| *variable).collect();
            let words: Vec<String> = found.iter().map(|(_, word, _)| format!("{CHOICE}={word}")).collect();
            let cause = "several credentials are set, and one proves the program";
            let remedy = format!("unset all but one, or choose with {}", words.join(" or "));
            problems.add(ConfigurationProblem::new(first, cause, remedy).beside(&others));
            None
        }
    }
}

fn read_choice(word: &str, problems: &mut Problems<'_>) -> Option<Kind> {
    let remedy = match word.split_once(':') {
        None => match word {
            "secret" => return Some(Kind::Secret),
            "certificate" => return Some(Kind::Certificate),
            "federated" => return Some(Kind::Federated),
            "managed-identity" => return Some(Kind::ManagedIdentity(None)),
            "none" => return None,
            _ => format!("write one of these words, or unset {CHOICE} where only one credential is set"),
        },
        Some(("managed-identity", id)) => match id.trim().parse() {
            Ok(id) => return Some(Kind::ManagedIdentity(Some(id))),
            Err(_) => "write the client id of the managed identity behind the colon, or no colon".to_owned(),
        },
        Some(_) => "only `managed-identity` has something behind a colon: the client id of the identity".to_owned(),
    };
    let problem = ConfigurationProblem::new(CHOICE, "not a kind of credential", remedy).expecting(EXPECTED);
    problems.add(problem.having_found(shown_word(word)));
    None
}

fn certificate(settings: &Settings, path: &str, problems: &mut Problems<'_>) -> Option<Credential> {
    if !cfg!(feature = "certificate") {
        problems.add(ConfigurationProblem::new(
            CERTIFICATE,
            "this program was built without certificates",
            "build it with the feature `certificate` of azure-auth",
        ));
        return None;
    }
    let sends_chain = match settings.sends_certificate_chain.as_deref() {
        None | Some("0" | "false") => false,
        Some("1" | "true") => true,
        Some(other) => {
            let remedy = format!(
                "write {CHAIN}=1 where the registration trusts the certificate by its subject and issuer, or unset it"
            );
            let problem = ConfigurationProblem::new(CHAIN, "not a switch", remedy).expecting("`1` or nothing");
            problems.add(problem.having_found(shown_word(other)));
            false
        }
    };
    let password = settings.client_certificate_password.clone();
    Some(Credential::Certificate(CertificateFile { path: path.into(), password, sends_chain }))
}

fn identity(
    settings: &Settings,
    client_id: Option<Guid>,
    authority: Option<&Authority>,
    problems: &mut Problems<'_>,
) -> Option<Credential> {
    let endpoint = match (&settings.identity_endpoint, &settings.identity_header, &settings.machine_identity_host) {
        (Some(address), Some(header), _) => {
            let address = of_this_machine(address, "IDENTITY_ENDPOINT", problems)?;
            IdentityEndpoint::AppService { address, header: header.clone() }
        }
        (Some(_), None, _) => {
            let cause = "not set beside IDENTITY_ENDPOINT: the endpoint is of a kind that is not asked here";
            let remedy = "unset IDENTITY_ENDPOINT where the machine's own endpoint answers, or prove the program by another credential \
                          (AZURE_CLIENT_CREDENTIAL)";
            problems.add(ConfigurationProblem::new("IDENTITY_HEADER", cause, remedy).beside(&["IDENTITY_ENDPOINT"]));
            return None;
        }
        (None, _, Some(address)) => {
            IdentityEndpoint::Machine(of_this_machine(address, "AZURE_POD_IDENTITY_AUTHORITY_HOST", problems)?)
        }
        (None, _, None) => IdentityEndpoint::Machine(managed_identity::OF_MACHINE.to_owned()),
    };
    let authority = authority?;
    if !authority.is_entra() {
        problems.add(ConfigurationProblem::new(
            CHOICE,
            "only Microsoft Entra ID takes tokens of managed identities",
            format!("let AZURE_ISSUER_URI name Microsoft Entra ID, or unset {CHOICE}"),
        ));
        return None;
    }
    let audience = managed_identity::audience(authority);
    Some(Credential::ManagedIdentity(ManagedIdentity { client_id, endpoint, audience }))
}

/// Tokens are asked for without encryption, which is safe only where nobody is in between.
fn of_this_machine(text: &str, variable: &'static str, problems: &mut Problems<'_>) -> Option<String> {
    let is_link_local = |url: &Url| matches!(url.host(), Some(Host::Ipv4(address)) if address.is_link_local());
    let is_here = |url: &Url| url.scheme() == "http" && (is_loopback(url) || is_link_local(url));
    let is_plain = |url: &Url| url.query().is_none() && url.fragment().is_none();
    if Url::parse(text).is_ok_and(|url| is_here(&url) && is_plain(&url)) {
        return Some(text.to_owned());
    }
    let cause = "not an address of this machine with `http`";
    let remedy = format!("leave {variable} as Azure sets it, or unset it");
    problems.add(ConfigurationProblem::new(variable, cause, remedy).having_found(shown(text)));
    None
}
