//! Which addresses do browsers use? Several, each on a host of its own.

use super::shown_address::shown;
use crate::model::settings::public_url::PublicUrl;

/// More are a mistake: each is one more address that may hand out sessions.
const LIMIT: usize = 16;

/// The addresses of a list, and what is wrong with it.
pub(crate) fn read(written: &[String]) -> (Vec<PublicUrl>, Vec<String>) {
    let (mut urls, mut problems) = (Vec::<PublicUrl>::new(), Vec::new());
    for part in written.iter().map(|part| part.trim()).filter(|part| !part.is_empty()) {
        match PublicUrl::parse(part) {
            Ok(url) if urls.iter().any(|other| other.origin().host() == url.origin().host()) => problems.push(format!(
                "lists the host {} more than once; list each host once, because the host of a request names its address",
                url.origin().host()
            )),
            Ok(url) => urls.push(url),
            Err(problem) => problems.push(format!("found {:?}: {problem}", shown(part))),
        }
    }
    if urls.is_empty() && problems.is_empty() {
        problems
            .push("lists no address; write the one that browsers use, such as `https://app.example.com`".to_owned());
    }
    if urls.len() > LIMIT {
        problems.push(format!("lists {} addresses, expected {LIMIT} at most", urls.len()));
    }
    let of_kind = |is_loopback| urls.iter().find(|url| url.origin().is_loopback() == is_loopback);
    if let (Some(loopback), Some(public)) = (of_kind(true), of_kind(false)) {
        problems.push(format!(
            "lists {loopback} beside {public}; remove one: an address of this machine is for development alone"
        ));
    }
    (urls, problems)
}

/// Own paths are found with and without the prefix: none of them may begin with it, or one address would be two things.
pub(crate) fn clashes(urls: &[PublicUrl], own_paths: &[String]) -> Vec<String> {
    let begins_with = |path: &str, prefix: &str| {
        path.strip_prefix(prefix).is_some_and(|rest| rest.is_empty() || rest.starts_with('/'))
    };
    let clash = |url: &PublicUrl| {
        let path = own_paths.iter().find(|path| begins_with(path, url.prefix()))?;
        Some(format!(
            "found {url}, whose path is also that of {path:?}, which the library answers; choose another path for one of \
             them"
        ))
    };
    urls.iter().filter(|url| !url.prefix().is_empty()).filter_map(clash).collect()
}
