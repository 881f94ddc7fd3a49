//! What a program needs of its app registration, by its declarations and by as much configuration as there is.

use std::fs::File;
use std::io::{self, Read};

use azure_auth_policy::Guid;
use serde_json::Value;
use thiserror::Error;

use super::super::endpoints::Endpoints;
use crate::io::{clock, standard_streams};
use crate::model::registration::application::{ApplicationObject, Registration};
use crate::model::registration::vocabulary::Vocabulary;
use crate::model::settings::authority::Authority;
use crate::model::settings::configuration::Configuration;
use crate::rules::configuration::settings::{self, ConfigurationError, Settings};
use crate::rules::inspection::arguments::Form;
use crate::rules::inspection::arguments::registration::{RegistrationForm, RegistrationQuestion, Source, Wish};
use crate::rules::inspection::drift;
use crate::rules::inspection::examination::Examination;
use crate::rules::registration::build::{Built, Collisions, build};
use crate::rules::registration::check::credentials;
use crate::rules::registration::found::{self, FoundApplication, NotAnApplication};
use crate::rules::registration::program::{Program, SignIn};

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
    #[error("the application has no name; write `Inspection::application_name(…)`")]
    NoName,
    #[error(transparent)]
    Collisions(#[from] Collisions),
    #[error("found {found} in {place}, expected an application object in JSON; {remedy}")]
    Unread { place: String, found: String, remedy: &'static str },
    #[error("in {place}: {problem}")]
    NotAnApplication { place: String, problem: NotAnApplication },
    #[error("this form is not printed yet; write `--auth-registration=json`")]
    FormMissing,
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
    let found = match &question.wish {
        Wish::Check(_, source) => Some(read(source)?),
        Wish::Print(_) => None,
    };
    let mut beside = Vec::new();
    for file in &question.beside {
        beside.push(FoundApplication::of(&read(&Source::File(file.clone()))?));
    }
    let own = found.as_ref().map(FoundApplication::of);
    let built = built(subject, own.as_ref(), beside)?;
    let answer = match (&question.wish, found) {
        (Wish::Check(form, _), Some(found)) => {
            let mut drifts = built.check(&found);
            drifts.extend(credentials::ending(&found, clock::now()));
            Answer::Examined(drift::examination(&drifts), *form)
        }
        (Wish::Print(form), _) => Answer::Printed(printed(*form, &built.registration).ok_or(NotAnswered::FormMissing)?),
        (Wish::Check(..), None) => unreachable!("it was read above"),
    };
    Ok((answer, built.registration.open_points))
}

/// None: nothing prints this form.
fn printed(form: RegistrationForm, registration: &Registration) -> Option<String> {
    match form {
        RegistrationForm::Json => json(&registration.application),
        // The printers of `rules::registration` are joined here: `Some(az::print(registration))`.
        RegistrationForm::Az | RegistrationForm::Terraform | RegistrationForm::Bicep | RegistrationForm::Graph => None,
    }
}

fn json(application: &ApplicationObject) -> Option<String> {
    serde_json::to_string_pretty(application).ok().map(|text| text + "\n")
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
        tenant: settings.issuer_uri.as_ref().map(|_| tenant),
        sign_in: SignIn::of(settings.client_id.is_some(), configuration.client.secret.is_some(), endpoints.rows()),
        public_urls: &configuration.public_urls,
        paths: &configuration.paths,
        swagger_pages: endpoints.swagger_pages(),
        audiences: settings.audiences.as_ref().map(|_| configuration.audiences.as_slice()),
        sign_in_scopes: declared.chain(configuration.scopes.iter().map(String::as_str)).collect(),
        groups: facts.groups.ids().to_vec(),
        asks_graph_for_groups: configuration.asks_graph_for_groups,
        needs: &facts.needs,
        rows: endpoints.rows(),
        vocabularies,
        beside: &beside,
    };
    let mut built = build(&program)?;
    built.registration.open_points.extend(misspelt(&configuration));
    Ok(built)
}

/// What is not configured yet, in the place of what would be wrong without it: a registration comes before its ids.
fn completed(settings: &Settings) -> Settings {
    let mut settings = settings.clone();
    let has_tenants = settings.valid_tenant_ids.is_some();
    settings.client_id.get_or_insert_with(|| NO_ID.to_string());
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
            match text_of(file) {
                Ok(text) => (place, Some(text).filter(|text| !is_too_long(text))),
                Err(error) if error.kind() == io::ErrorKind::InvalidData => (place, None),
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

fn text_of(file: &str) -> io::Result<String> {
    let mut text = String::new();
    File::open(file)?.take(LONGEST + 1).read_to_string(&mut text)?;
    Ok(text)
}

fn is_too_long(text: &str) -> bool {
    u64::try_from(text.len()).is_ok_and(|length| length > LONGEST)
}
