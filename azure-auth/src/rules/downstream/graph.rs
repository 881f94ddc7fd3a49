//! Where Microsoft Graph is, in the cloud of an authority, and what its scopes are called there.

use url::Url;

use crate::model::downstream::permission::PUBLIC_GRAPH;
use crate::model::providers::provider_metadata::ProviderMetadata;
use crate::model::settings::origin::{Origin, is_loopback};

/// The permission with which a person may ask about themselves, also in which groups they are.
pub(crate) const USER_READ: &str = "User.Read";

/// As scopes name it: at an authority on this machine as in the public cloud, wherever its Graph is.
pub(crate) fn uri(metadata: &ProviderMetadata) -> String {
    match &metadata.graph {
        Some(graph) if !is_loopback(graph) => plain(graph),
        _ => PUBLIC_GRAPH.to_owned(),
    }
}

/// Where it is asked, without a slash at the end. `configured`: what `AZURE_GRAPH_URI` says, which counts first.
pub(crate) fn address(metadata: &ProviderMetadata, configured: Option<&Origin>) -> String {
    match (configured, &metadata.graph) {
        (Some(configured), _) => configured.to_string(),
        (None, Some(graph)) => plain(graph),
        (None, None) => PUBLIC_GRAPH.to_owned(),
    }
}

fn plain(graph: &Url) -> String {
    graph.origin().ascii_serialization()
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::rules::token::id_token::tests::metadata;

    #[test]
    fn scopes_name_graph_by_its_cloud_and_on_this_machine_as_in_public() {
        for (graph, uri, address) in [
            (Some("https://graph.microsoft.com"), PUBLIC_GRAPH, PUBLIC_GRAPH),
            (Some("https://graph.microsoft.us/"), "https://graph.microsoft.us", "https://graph.microsoft.us"),
            (Some("http://127.0.0.1:4000"), PUBLIC_GRAPH, "http://127.0.0.1:4000"),
            (Some("https://localhost:4000/"), PUBLIC_GRAPH, "https://localhost:4000"),
            (None, PUBLIC_GRAPH, PUBLIC_GRAPH),
        ] {
            let metadata = ProviderMetadata { graph: graph.map(|text| Url::parse(text).unwrap()), ..metadata() };
            let found = (super::uri(&metadata), super::address(&metadata, None));
            assert_eq!(found, (uri.to_owned(), address.to_owned()));
            let configured = Origin::parse("https://graph.example/").unwrap();
            assert_eq!(super::address(&metadata, Some(&configured)), "https://graph.example");
            assert_eq!(super::uri(&metadata), uri, "where it is asked changes nothing about its name");
        }
    }
}
