//! Addresses and paths, of this application and of others.

use url::Url;

use super::Settings;
use super::problem::{ConfigurationProblem, Problems};
use crate::model::settings::configuration::{AuthPaths, own_paths};
use crate::model::settings::embedding::Embedding;
use crate::model::settings::origin::{Origin, OriginError, is_loopback};
use crate::model::settings::public_url::PublicUrl;
use crate::rules::configuration::frame_ancestor::{FrameAncestorError, frame_ancestor};
use crate::rules::configuration::public_urls;
use crate::rules::configuration::shown_address::{shown, shown_word};

const CALLBACK: &str = "AZURE_AUTHORIZATION_CODE_ENDPOINT";
const POPUP_LOGIN: &str = "AZURE_POPUP_LOGIN_ENDPOINT";
const POPUP_LOGOUT: &str = "AZURE_POPUP_LOGOUT_ENDPOINT";

pub(super) fn public_urls(settings: &Settings, problems: &mut Problems<'_>) -> Vec<PublicUrl> {
    let Some(written) = &settings.public_urls else { return Vec::new() };
    let (urls, found) = public_urls::read(written);
    problems.found_of(found);
    urls
}

pub(super) fn paths(settings: &Settings, problems: &mut Problems<'_>) -> (AuthPaths, Option<Embedding>) {
    let defaults = AuthPaths::default();
    let frame_ancestors = ancestors(settings, problems);
    let mut path = |variable, setting: &Option<String>, default: String| match setting {
        None => default,
        Some(path) if is_plain_path(path) => path.clone(),
        Some(path) => {
            problems.add(not_a_path(variable, path, &default));
            default
        }
    };
    let paths = AuthPaths {
        login: path("login_path", &settings.login_path, defaults.login),
        logout: path("logout_path", &settings.logout_path, defaults.logout),
        session: path("session_path", &settings.session_path, defaults.session),
        callback: path(CALLBACK, &settings.callback_path, defaults.callback),
    };
    let login = path(POPUP_LOGIN, &settings.popup_login_path, Embedding::LOGIN.to_owned());
    let logout = path(POPUP_LOGOUT, &settings.popup_logout_path, Embedding::LOGOUT.to_owned());
    let embedding = frame_ancestors.map(|frame_ancestors| Embedding { frame_ancestors, login, logout });
    problems.found_of(equal_paths(&paths, embedding.as_ref()));
    (paths, embedding)
}

fn not_a_path(variable: &'static str, path: &str, default: &str) -> ConfigurationProblem {
    let remedy = match path.split_once("://").and_then(|(_, rest)| rest.find('/').map(|start| &rest[start..])) {
        Some(own) if is_plain_path(own) => format!("write `{own}`, and the rest of the address into AZURE_PUBLIC_URL"),
        _ => format!("write a path such as `{default}`, of letters, digits, `-`, `.`, `_` and `~`"),
    };
    ConfigurationProblem::new(variable, "not a path", remedy).having_found(shown(path))
}

/// Two things at one path: which path, and which settings give it.
fn equal_paths(paths: &AuthPaths, embedding: Option<&Embedding>) -> Option<ConfigurationProblem> {
    let mut all = own_paths(paths, embedding);
    all.sort_unstable();
    let path = all.windows(2).find(|pair| pair[0] == pair[1]).map(|pair| pair[0].clone())?;
    let popups = embedding.map(|embedding| [(POPUP_LOGIN, &embedding.login), (POPUP_LOGOUT, &embedding.logout)]);
    let settings = [
        (CALLBACK, &paths.callback),
        ("login_path", &paths.login),
        ("logout_path", &paths.logout),
        ("session_path", &paths.session),
    ];
    let settings = settings.into_iter().chain(popups.into_iter().flatten());
    let mut names = settings.filter(|(_, own)| **own == path).map(|(name, _)| name);
    let first = names.next()?;
    let mut others: Vec<&'static str> = names.collect();
    let cause = if others.is_empty() {
        others.push("session_path");
        format!("the path is also one below that of `session_path`, `{}`", paths.session)
    } else {
        "two of the library's paths are equal".to_owned()
    };
    let remedy = format!("choose another path than `{path}` for one of them, or unset it");
    Some(ConfigurationProblem::new(first, cause, remedy).beside(&others).having_found(path))
}

/// Who may frame the application, as a policy says it; none where nobody is named.
fn ancestors(settings: &Settings, problems: &mut Problems<'_>) -> Option<String> {
    let mut named = |text: &String| {
        let problem = |error: FrameAncestorError| {
            ConfigurationProblem::new("frame_ancestors", error.to_string(), error.remedy()).having_found(shown(text))
        };
        frame_ancestor(text).map_err(|error| problems.add(problem(error))).ok()
    };
    let named: Vec<String> = settings.frame_ancestors.iter().filter_map(&mut named).collect();
    (!named.is_empty()).then(|| named.join(" "))
}

fn is_plain_path(path: &str) -> bool {
    path.len() > 1
        && path.starts_with('/')
        && !path.contains("//")
        && path.bytes().all(|byte| byte.is_ascii_alphanumeric() || b"/-._~".contains(&byte))
}

pub(super) fn trusted_origins(settings: &Settings, problems: &mut Problems<'_>) -> Vec<Origin> {
    let mut origin = |text: &String| {
        let problem = |error: OriginError| {
            ConfigurationProblem::new("trusted_origins", error.to_string(), error.remedy()).having_found(shown(text))
        };
        Origin::parse(text).map_err(|error| problems.add(problem(error))).ok()
    };
    settings.trusted_origins.iter().filter_map(&mut origin).collect()
}

/// Where Microsoft Graph is asked, if not where the provider says.
pub(super) fn graph(settings: &Settings, problems: &mut Problems<'_>) -> Option<Origin> {
    let text = settings.graph_uri.as_ref()?;
    let is_safe = |origin: &Origin| origin.is_https() || Url::parse(text).is_ok_and(|url| is_loopback(&url));
    let origin = Origin::parse(text).ok().filter(is_safe);
    if origin.is_none() {
        let cause = "not scheme and host alone, with `https` unless it is of this machine";
        let remedy = "unset AZURE_GRAPH_URI, so that the provider says where Microsoft Graph is, or write no more than \
                      `https://graph.microsoft.com`";
        problems.add(ConfigurationProblem::new("AZURE_GRAPH_URI", cause, remedy).having_found(shown(text)));
    }
    origin
}

/// Whether people who are in more groups than a token holds are looked up in Microsoft Graph.
pub(super) fn group_overage(settings: &Settings, problems: &mut Problems<'_>) -> bool {
    match settings.group_overage.as_deref() {
        None => false,
        Some("graph") => true,
        Some(other) => {
            let remedy = "write AZURE_GROUP_OVERAGE=graph to ask Microsoft Graph for the groups of people who are in more \
                          than a token holds, or unset AZURE_GROUP_OVERAGE";
            let problem = ConfigurationProblem::new("AZURE_GROUP_OVERAGE", "not a place to look groups up", remedy);
            problems.add(problem.expecting("`graph` or nothing").having_found(shown_word(other)));
            false
        }
    }
}

pub(super) fn explain(settings: &Settings, problems: &mut Problems<'_>) -> bool {
    match settings.explain.as_deref() {
        None | Some("0") => false,
        Some("1") => true,
        Some(other) => {
            let remedy = "write AZURE_EXPLAIN=1 for developers' detail in every answer, or unset AZURE_EXPLAIN";
            let problem =
                ConfigurationProblem::new("AZURE_EXPLAIN", "not a switch", remedy).expecting("`1` or nothing");
            problems.add(problem.having_found(shown_word(other)));
            false
        }
    }
}
