//! Which addresses do browsers use? Several, each on a host of its own.

use super::settings::problem::ConfigurationProblem;
use super::shown_address::shown;
use crate::model::settings::public_url::PublicUrl;

/// More are a mistake: each is one more address that may hand out sessions.
const LIMIT: usize = 16;

const NAME: &str = "AZURE_PUBLIC_URL";

/// The addresses of a list, and what is wrong with it.
pub(crate) fn read(written: &[String]) -> (Vec<PublicUrl>, Vec<ConfigurationProblem>) {
    let (mut urls, mut problems) = (Vec::<PublicUrl>::new(), Vec::new());
    for part in written.iter().map(|part| part.trim()).filter(|part| !part.is_empty()) {
        match PublicUrl::parse(part) {
            Ok(url) if urls.iter().any(|other| other.origin().host() == url.origin().host()) => {
                let cause = format!("lists the host {} more than once", url.origin().host());
                let remedy = "list each host once in AZURE_PUBLIC_URL, because the host of a request names its address";
                problems.push(ConfigurationProblem::new(NAME, cause, remedy));
            }
            Ok(url) => urls.push(url),
            Err(error) => problems
                .push(ConfigurationProblem::new(NAME, error.to_string(), error.remedy()).having_found(shown(part))),
        }
    }
    if urls.is_empty() && problems.is_empty() {
        let remedy = "write the one that browsers use, such as `https://app.example.com`, or unset AZURE_PUBLIC_URL";
        problems.push(ConfigurationProblem::new(NAME, "lists no address", remedy));
    }
    if urls.len() > LIMIT {
        let cause = format!("lists {} addresses", urls.len());
        let remedy = "leave out of AZURE_PUBLIC_URL what browsers do not use, or start further programs for the rest";
        problems.push(ConfigurationProblem::new(NAME, cause, remedy).expecting(format!("{LIMIT} at most")));
    }
    let of_kind = |is_loopback| urls.iter().find(|url| url.origin().is_loopback() == is_loopback);
    if let (Some(loopback), Some(public)) = (of_kind(true), of_kind(false)) {
        let cause = format!("lists {loopback}, an address of this machine and for development alone, beside {public}");
        let remedy = format!("remove `{loopback}` or `{public}` from AZURE_PUBLIC_URL");
        problems.push(ConfigurationProblem::new(NAME, cause, remedy));
    }
    (urls, problems)
}

/// Own paths are found with and without the prefix: none of them may begin with it, or one address would be two things.
pub(crate) fn clashes(urls: &[PublicUrl], own_paths: &[String]) -> Vec<ConfigurationProblem> {
    let begins_with = |path: &str, prefix: &str| {
        path.strip_prefix(prefix).is_some_and(|rest| rest.is_empty() || rest.starts_with('/'))
    };
    let clash = |url: &PublicUrl| {
        let path = own_paths.iter().find(|path| begins_with(path, url.prefix()))?;
        let cause = format!("its path is also that of {path:?}, which the library answers");
        let remedy = "write AZURE_PUBLIC_URL without it if that is no part of your application's address, or choose another \
                      path for one of them";
        Some(ConfigurationProblem::new(NAME, cause, remedy).having_found(url.to_string()))
    };
    urls.iter().filter(|url| !url.prefix().is_empty()).filter_map(clash).collect()
}
