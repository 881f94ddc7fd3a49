//! What a program needs of its app registration, by its declarations and by as much configuration as there is.

use std::path::Path;

use azure_auth_policy::Guid;
use serde_json::Value;
use thiserror::Error;

use super::super::endpoints::Endpoints;
use crate::io::{bounded_file, clock, standard_streams};
use crate::model::registration::application::{ApplicationObject, CLIENT_ID, FederatedCredential, Registration};
use crate::model::registration::vocabulary::Vocabulary;
use crate::model::settings::authority::Authority;
use crate::model::settings::client::Credential;
use crate::model::settings::configuration::Configuration;
use crate::rules::configuration::settings::{self, ConfigurationError, Settings};
use crate::rules::credential::federated_token::{self, Vouched};
use crate::rules::inspection::arguments::Form;
use crate::rules::inspection::arguments::registration::{RegistrationForm, RegistrationQuestion, Source, Wish};
use crate::rules::inspection::drift;
use crate::rules::inspection::examination::{Check, Examination};
use crate::rules::registration::check::drift::Drift;
use crate::rules::registration::check::{self, credentials};
use crate::rules::registration::found::{self, FoundApplication, NotAnApplication};
use crate::rules::registration::needed::{Built, Collisions, build};
use crate::rules::registration::printing::{az, bicep, graph, terraform};
use crate::rules::registration::program::{Program, SignIn};
use crate::rules::registration::stable_id::{Kind, stable_id};

/// Whose registration is asked about.
pub(super) struct Subject<'s> {
    pub(super) endpoints: &'s Endpoints,
    pub(super) settings: &'s Settings,
    /// None where no package is known.
    pub(super) name: Option<&'s str>,
    pub(super) vocabularies: &'s [Vocabulary],
}

pub(super) enum Answer {
    Printed(String),
    Examined(Examination, Form),
}

/// Why there is no answer.
#[derive(Debug, Error)]
pub(super) enum NotAnswered {
    #[error(transparent)]
    Configuration(ConfigurationError),
    #[error(
        "found the issuer `{0}`, expected Entra ID: registrations of other providers have another form; correct \
         AZURE_ISSUER_URI, or register the program by hand"
    )]
    OtherProvider(String),
    #[error(
        "AZURE_CLIENT_ID is set and AZURE_PUBLIC_URL is not: the redirect URIs of the application that there is would be replaced \
         by those of this machine; set AZURE_PUBLIC_URL, or unset AZURE_CLIENT_ID to make another application"
    )]
    NoPublicUrl,
    #[error("the application has no name; write `Inspection::application_name(…)`")]
    NoName,
    #[error(transparent)]
    Collisions(#[from] Collisions),
    #[error("found {found} in {place}, expected an application object in JSON; {remedy}")]
    Unread { place: String, found: String, remedy: &'static str },
    #[error("in {place}: {problem}")]
    NotAnApplication { place: String, problem: NotAnApplication },
}

/// Bytes of an application object: Entra ID allows 1200 entries.
const LONGEST: u64 = 4 * 1024 * 1024;

/// In place of an id that there is not yet.
const NO_ID: Guid = Guid::from_u128(0);

/// The answer, and what it leaves open.
pub(super) fn answer(
    question: &RegistrationQuestion,
    subject: &Subject<'_>,
) -> Result<(Answer, Vec<String>), NotAnswered> {
    match &question.wish {
        Wish::Check(form, source) => {
            let (drifts, open_points) = drifts(source, &question.beside, subject)?;
            Ok((Answer::Examined(drift::examination(&drifts), *form), open_points))
        }
        Wish::Print(form) => {
            let is_of_known = subject.settings.client_id.is_some() && *form != RegistrationForm::Json;
            if is_of_known && subject.settings.public_urls.is_none() {
                return Err(NotAnswered::NoPublicUrl);
            }
            let mut registration = built(subject, None, of_others(&question.beside)?)?.registration;
            if *form == RegistrationForm::Json {
                leave_out_what_waits(&mut registration);
            }
            Ok((Answer::Printed(printed(*form, &registration)), registration.open_points))
        }
    }
}

/// The same comparison as a part of more.
pub(super) fn check(source: &Source, beside: &[String], subject: &Subject<'_>) -> Check {
    match drifts(source, beside, subject) {
        Ok((drifts, _)) => drift::check(&drifts),
        Err(problem) => drift::unknown(&problem.to_string()),
    }
}

fn drifts(source: &Source, beside: &[String], subject: &Subject<'_>) -> Result<(Vec<Drift>, Vec<String>), NotAnswered> {
    let found = read(source)?;
    let built = built(subject, Some(&FoundApplication::of(&found)), of_others(beside)?)?;
    let mut drifts = check::check(&built, &found);
    drifts.extend(credentials::ending(&found, clock::now()));
    Ok((drifts, built.registration.open_points))
}

fn of_others(files: &[String]) -> Result<Vec<FoundApplication>, NotAnswered> {
    files.iter().map(|file| Ok(FoundApplication::of(&read(&Source::File(file.clone()))?))).collect()
}

/// The one object cannot name an id that its own creation brings; the other forms name it in a second step.
fn leave_out_what_waits(registration: &mut Registration) {
    let uris = &mut registration.application.identifier_uris;
    let before = uris.len();
    uris.retain(|uri| !uri.contains(CLIENT_ID));
    if uris.len() < before {
        registration.open_points.push(
            "the application id URI contains the client id, which there is not yet; register it, set AZURE_CLIENT_ID, and run \
             this again, or print it as `az`, which does it in two steps"
                .to_owned(),
        );
    }
}

fn printed(form: RegistrationForm, registration: &Registration) -> String {
    match form {
        RegistrationForm::Json => json(&registration.application),
        RegistrationForm::Az => az::print(registration),
        RegistrationForm::Terraform => terraform::print(registration),
        RegistrationForm::Bicep => bicep::print(registration),
        RegistrationForm::Graph => graph::print(registration),
    }
}

fn json(application: &ApplicationObject) -> String {
    // Texts, numbers and lists of ours are JSON.
    serde_json::to_string_pretty(application).unwrap_or_default() + "\n"
}

/// `own`: the registration that is compared, whose client id counts where none is configured.
fn built(
    subject: &Subject<'_>,
    own: Option<&FoundApplication>,
    mut beside: Vec<FoundApplication>,
) -> Result<Built, NotAnswered> {
    let Subject { endpoints, settings, name, vocabularies } = subject;
    let configuration = settings::judge(&completed(settings)).map_err(NotAnswered::Configuration)?;
    let Authority::Entra { tenant, .. } = &configuration.authority else {
        return Err(NotAnswered::OtherProvider(configuration.authority.address()));
    };
    let configured = configuration.client.id.parse().ok().filter(|id| *id != NO_ID);
    let client_id = configured.or_else(|| own?.app_id);
    // Clients name scopes by the ids that this program's own registration has.
    beside.extend(own.filter(|own| own.app_id == client_id).cloned());
    let facts = endpoints.facts(&configuration.groups);
    let declared = facts.openid_scopes.iter().copied();
    let program = Program {
        name: name.ok_or(NotAnswered::NoName)?,
        client_id,
        tenant: settings::issuer(settings).map(|_| tenant),
        sign_in: SignIn::of(settings.client_id.is_some(), configuration.client.credential.is_some(), endpoints.rows()),
        public_urls: &configuration.public_urls,
        paths: &configuration.paths,
        swagger_pages: endpoints.swagger_pages(),
        audiences: settings.audiences.as_ref().map(|_| configuration.audiences.as_slice()),
        sign_in_scopes: declared.chain(configuration.scopes.iter().map(String::as_str)).collect(),
        groups: facts.groups.ids().to_vec(),
        federated_credentials: Vec::new(),
        asks_graph_for_groups: configuration.asks_graph_for_groups,
        needs: &facts.needs,
        rows: endpoints.rows(),
        vocabularies,
        beside: &beside,
    };
    let (federated_credentials, open) = federated(configuration.client.credential.as_ref(), program.name);
    let mut built = build(&Program { federated_credentials, ..program })?;
    built.registration.open_points.extend(open);
    built.registration.open_points.extend(misspelt(&configuration));
    Ok(built)
}

/// What the registration has to trust, where the program proves itself by tokens of another issuer; and what is not known of it.
fn federated(credential: Option<&Credential>, program: &str) -> (Vec<FederatedCredential>, Option<String>) {
    match credential {
        Some(Credential::FederatedToken(path)) => {
            let token = bounded_file::read(path, LONGEST).ok();
            if let Some(vouched) = token.and_then(|token| federated_token::vouched(&token)) {
                return (vec![trusting(&vouched, program)], None);
            }
            let open = "the token of AZURE_FEDERATED_TOKEN_FILE, which says what to trust, is not there; run this where the program \
                        runs";
            (Vec::new(), Some(open.to_owned()))
        }
        Some(Credential::ManagedIdentity(_)) => {
            let open = "the registration has to trust the managed identity; add it under \"Certificates & secrets\", \"Federated \
                        credentials\", \"Managed identity\"";
            (Vec::new(), Some(open.to_owned()))
        }
        Some(Credential::Certificate(_)) => {
            let open = "upload the certificate, without its key, under \"Certificates & secrets\", \"Certificates\", or with `az ad app \
                        credential reset --id <client id> --append --cert @certificate.pem`";
            (Vec::new(), Some(open.to_owned()))
        }
        Some(Credential::Secret(_)) | None => (Vec::new(), None),
    }
}

/// Its name is another one for another issuer or subject: what is there under a name stays as it is.
fn trusting(vouched: &Vouched, program: &str) -> FederatedCredential {
    let is_allowed = |letter: &char| letter.is_ascii_alphanumeric() || matches!(letter, '-' | '_');
    let readable: String = program.chars().filter(is_allowed).take(100).collect();
    let whole = format!("{}\0{}", vouched.issuer, vouched.subject);
    let id = stable_id(program, Kind::FederatedCredential, &whole).to_string();
    FederatedCredential {
        name: format!("{readable}-{}", &id[..8]),
        issuer: vouched.issuer.clone(),
        subject: vouched.subject.clone(),
        audiences: vec![vouched.audience().to_owned()],
    }
}

/// What is not configured yet, in the place of what would be wrong without it: a registration comes before its ids.
fn completed(settings: &Settings) -> Settings {
    let mut settings = settings.clone();
    settings.issuer_uri = settings::issuer(&settings);
    let has_tenants = settings.valid_tenant_ids.is_some();
    settings.client_id.get_or_insert_with(|| NO_ID.to_string());
    // Nothing is sealed with it.
    settings.session_keys.get_or_insert_with(|| vec!["0123456789abcdef".repeat(4).into()]);
    settings.issuer_uri.get_or_insert_with(|| {
        // Listed tenants are those of an authority of many.
        let tenant = if has_tenants { "organizations".to_owned() } else { NO_ID.to_string() };
        format!("https://login.microsoftonline.com/{tenant}")
    });
    settings
}

fn misspelt(configuration: &Configuration) -> impl Iterator<Item = String> {
    let misspelt = configuration.misspelt.iter();
    misspelt.map(|(name, meant)| format!("{name} is set and is not read; rename it to {meant} if that was meant"))
}

fn read(source: &Source) -> Result<Value, NotAnswered> {
    const SAVE: &str = "write `az ad app show --id <client id> > application.json`, in UTF-8";
    let (place, text) = match source {
        Source::StandardInput => ("standard input".to_owned(), standard_streams::read(LONGEST)),
        Source::File(file) => {
            let place = format!("the file {file:?}");
            match bounded_file::read(Path::new(file), LONGEST) {
                Ok(bytes) => (place, String::from_utf8(bytes).ok()),
                Err(error) => {
                    let remedy = "correct the name, and look at who may read it";
                    return Err(NotAnswered::Unread { place, found: error.to_string(), remedy });
                }
            }
        }
    };
    let Some(text) = text else {
        let found = "something that is not text, or too much of it".to_owned();
        return Err(NotAnswered::Unread { place, found, remedy: SAVE });
    };
    found::read(&text).map_err(|problem| NotAnswered::NotAnApplication { place, problem })
}

#[cfg(test)]
mod tests {
    use serde_json::json;

    use super::*;
    use crate::web::layer::builder::AzureAuthBuilder;
    use crate::web::layer::table::Table;

    const ID: &str = "11111111-aaaa-4bbb-8ccc-222222222222";
    const ISSUER: &str = "https://login.microsoftonline.com/33333333-cccc-4ddd-8eee-444444444444";

    fn of(
        variables: &[(&str, &str)],
        name: Option<&str>,
        own: Option<&FoundApplication>,
    ) -> Result<Registration, NotAnswered> {
        let read = |wanted: &str| {
            let found = variables.iter().find(|(variable, _)| *variable == wanted);
            found.map(|(_, text)| (*text).to_owned())
        };
        let (endpoints, settings) = (Table::new(None).finish(), Settings::from_variables(read));
        let subject = Subject { endpoints: &endpoints, settings: &settings, name, vocabularies: &[] };
        built(&subject, own, Vec::new()).map(|built| built.registration)
    }

    #[test]
    fn what_is_not_configured_yet_is_left_out() {
        for (variables, app_id) in [
            (&[][..], None),
            (&[("AZURE_VALID_TENANT_IDS", ID)], None),
            (&[("AZURE_CLIENT_ID", ID)], Some(ID)),
            (&[("AZURE_ISSUER_URI", ISSUER), ("AZURE_PUBLIC_URL", "https://tasks.example.com")], None),
            (&[("AZURE_ISSUER_URI", ISSUER), ("AZURE_CLIENT_ID", ID)], Some(ID)),
        ] {
            let registration = of(variables, Some("tasks"), None).unwrap();
            let text = json(&registration.application);
            assert_eq!(registration.application.app_id, app_id.map(|id| id.parse().unwrap()), "{variables:?}");
            assert!(!text.contains(&NO_ID.to_string()), "{text}");
            let has_issuer = variables.iter().any(|(name, _)| *name == "AZURE_ISSUER_URI");
            let says = registration.open_points.iter().any(|point| point.contains("AZURE_ISSUER_URI is not set"));
            assert_eq!(says, !has_issuer, "{variables:?}");
        }
    }

    #[test]
    fn what_is_configured_wrong_is_no_registration() {
        for (variables, name, expected) in [
            (&[("AZURE_CLIENT_ID", "tasks")][..], Some("tasks"), "AZURE_CLIENT_ID"),
            (&[("AZURE_PUBLIC_URL", "http://tasks.example.com")], Some("tasks"), "AZURE_PUBLIC_URL"),
            (&[("AZURE_ISSUER_URI", "https://accounts.example.com")], Some("tasks"), "expected Entra ID"),
            (&[], None, "Inspection::application_name"),
        ] {
            let error = of(variables, name, None).unwrap_err().to_string();
            assert!(error.contains(expected), "{error}");
        }
    }

    #[test]
    fn the_registration_that_is_compared_says_who_it_is_where_nothing_else_does() {
        let own = FoundApplication::of(&json!({ "appId": ID }));
        let other = "99999999-aaaa-4bbb-8ccc-222222222222";
        for (variables, expected) in [(&[][..], ID), (&[("AZURE_CLIENT_ID", other)], other)] {
            let registration = of(variables, Some("tasks"), Some(&own)).unwrap();
            assert_eq!(registration.application.app_id.map(|id| id.to_string()).as_deref(), Some(expected));
        }
    }

    #[test]
    fn a_variable_that_nobody_reads_is_said() {
        let endpoints = Table::new(Some("tasks")).finish();
        let builder = AzureAuthBuilder::from_variables([("AZURE_CLIENTID", ID)]);
        let subject = Subject {
            endpoints: &endpoints,
            settings: &builder.settings,
            name: endpoints.package(),
            vocabularies: &[],
        };
        let registration = built(&subject, None, Vec::new()).unwrap().registration;
        assert_eq!(registration.application.display_name, "tasks");
        assert!(registration.open_points.iter().any(|point| point.contains("rename it to AZURE_CLIENT_ID")));
    }
}
