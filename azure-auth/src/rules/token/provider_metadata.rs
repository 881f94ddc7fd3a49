//! Is this discovery document the one of our authority?

use azure_auth_policy::Guid;
use thiserror::Error;
use url::Url;

use super::graph_host;
use crate::model::json::printable;
use crate::model::providers::issuer::IssuerPattern;
use crate::model::providers::provider_metadata::{ClientAuthentication, DiscoveryDocument, ProviderMetadata};
use crate::model::refusals::diagnosis::{Details, Diagnosed};
use crate::model::settings::authority::{Authority, TenantName};
use crate::model::settings::origin::{Origin, is_loopback};

/// Why a discovery document is not used.
#[derive(Clone, Debug, PartialEq, Eq, Error)]
pub(crate) enum MetadataError {
    /// Usual cause: `AZURE_ISSUER_URI` has a typing error, or a proxy answers in the provider's place.
    #[error("it is of the issuer {found}, expected {expected}")]
    Issuer { expected: String, found: String },
    #[error("its `{member}` is not an https address")]
    Address { member: &'static str },
}

impl Diagnosed for MetadataError {
    fn details(&self) -> Details {
        match self {
            Self::Issuer { expected, found } => Details::new(format!("`issuer` {found}"), expected.clone())
                .remedy("check `AZURE_ISSUER_URI`: it has to be the `issuer` of the provider, or its tenant's address"),
            Self::Address { member } => Details::new(format!("`{member}` without TLS"), "an https address")
                .remedy("check `AZURE_ISSUER_URI`: no code and no token goes to an address without TLS"),
        }
    }
}

/// Judges a discovery document (OpenID Connect Discovery 1.0 §4.3, with Entra's issuer rules).
pub(crate) fn judge(authority: &Authority, document: &DiscoveryDocument) -> Result<ProviderMetadata, MetadataError> {
    let (issuer, tenant) = match authority {
        Authority::Entra { origin, tenant } => entra_issuer(origin, tenant, &document.issuer),
        // Some providers end their issuer with a slash; the token must then carry exactly that.
        Authority::OpenId { issuer } => {
            let found = document.issuer.as_str();
            let is_ours = found.strip_suffix('/').unwrap_or(found) == issuer;
            is_ours.then(|| (IssuerPattern::Literal(found.to_owned()), None))
        }
    }
    .ok_or_else(|| MetadataError::Issuer {
        expected: authority.metadata_address().trim_end_matches("/.well-known/openid-configuration").to_owned(),
        found: printable(&document.issuer),
    })?;

    let on_loopback = authority.is_loopback();
    let address = |text: &str, member| address(text, on_loopback).ok_or(MetadataError::Address { member });
    // Nobody needs it to sign in: one that cannot be used counts as missing.
    let user_info = document.userinfo_endpoint.as_ref().and_then(|value| value.as_str());
    let user_info = user_info.filter(|_| !authority.is_entra());
    let end_session = document.end_session_endpoint.as_deref();
    Ok(ProviderMetadata {
        issuer,
        first_version_issuer: first_version_issuer(authority, tenant),
        tenant,
        authorization_endpoint: address(&document.authorization_endpoint, "authorization_endpoint")?,
        token_endpoint: address(&document.token_endpoint, "token_endpoint")?,
        keys_address: address(&document.jwks_uri, "jwks_uri")?,
        end_session_endpoint: end_session.map(|text| address(text, "end_session_endpoint")).transpose()?,
        user_info_endpoint: user_info.and_then(|text| address(text, "userinfo_endpoint").ok()),
        cloud_instance_name: document.cloud_instance_name.clone(),
        graph: graph_host::address(authority, document.msgraph_host.as_ref()),
        client_authentication: client_authentication(authority, document),
        names_issuer_in_response: document.authorization_response_iss_parameter_supported.unwrap_or(false),
    })
}

/// The issuer of a tenant, or the template of the tenant-independent forms.
fn entra_issuer(origin: &str, name: &TenantName, found: &str) -> Option<(IssuerPattern, Option<Guid>)> {
    if matches!(name, TenantName::Common | TenantName::Organizations) {
        let (host_part, "v2.0") = found.split_once("/{tenantid}/")? else { return None };
        return is_of_cloud(origin, host_part, None).then(|| (IssuerPattern::parse(found), None));
    }
    let rest = found.strip_suffix("/v2.0")?;
    let (host_part, segment) = rest.rsplit_once('/')?;
    let tenant: Guid = segment.parse().ok()?;
    let is_tenant = match name {
        TenantName::Id(id) => *id == tenant,
        TenantName::Consumers => tenant == Guid::CONSUMERS,
        _ => true,
    };
    (is_tenant && is_of_cloud(origin, host_part, Some(tenant)))
        .then(|| (IssuerPattern::Literal(found.to_owned()), Some(tenant)))
}

/// `https://sts.windows.net/<tenant>/`, with its trailing slash.
fn first_version_issuer(authority: &Authority, tenant: Option<Guid>) -> Option<IssuerPattern> {
    let Authority::Entra { origin, .. } = authority else { return None };
    let host = match SAME_CLOUD.iter().find(|cloud| cloud.hosts.contains(&origin.as_str())) {
        Some(cloud) => cloud.first_version,
        None if authority.is_loopback() => origin,
        None => return None,
    };
    Some(match tenant {
        Some(tenant) => IssuerPattern::Literal(format!("{host}/{tenant}/")),
        None => IssuerPattern::parse(&format!("{host}/{{tenantid}}/")),
    })
}

/// The names of one cloud, and who issues its tokens of version 1.0.
struct Cloud {
    hosts: &'static [&'static str],
    first_version: &'static str,
}

const SAME_CLOUD: [Cloud; 3] = [
    Cloud {
        hosts: &[
            "https://login.microsoftonline.com",
            "https://login.windows.net",
            "https://login.microsoft.com",
            "https://sts.windows.net",
        ],
        first_version: "https://sts.windows.net",
    },
    Cloud {
        hosts: &["https://login.microsoftonline.us", "https://login.usgovcloudapi.net"],
        first_version: "https://sts.windows.net",
    },
    Cloud {
        hosts: &["https://login.partner.microsoftonline.cn", "https://login.chinacloudapi.cn"],
        first_version: "https://sts.chinacloudapi.cn",
    },
];

/// Whether an issuer's host may speak for the authority's: the same one, another name of the same cloud, or the
/// tenant's own host at `ciamlogin.com`.
fn is_of_cloud(authority: &str, issuer: &str, tenant: Option<Guid>) -> bool {
    authority == issuer
        || SAME_CLOUD.iter().any(|cloud| cloud.hosts.contains(&authority) && cloud.hosts.contains(&issuer))
        || tenant.is_some_and(|tenant| {
            authority.ends_with(".ciamlogin.com") && issuer == format!("https://{tenant}.ciamlogin.com")
        })
}

fn address(text: &str, on_loopback: bool) -> Option<Url> {
    let url = Url::parse(text).ok()?;
    Origin::of(&url).ok()?;
    (url.scheme() == "https" || on_loopback && is_loopback(&url)).then_some(url)
}

/// Entra takes both ways; elsewhere the header is the default (OpenID Connect Discovery 1.0 §3).
fn client_authentication(authority: &Authority, document: &DiscoveryDocument) -> ClientAuthentication {
    let only_form = document.token_endpoint_auth_methods_supported.as_deref().is_some_and(|methods| {
        let has = |name: &str| methods.iter().any(|method| method == name);
        has("client_secret_post") && !has("client_secret_basic")
    });
    if authority.is_entra() || only_form { ClientAuthentication::Form } else { ClientAuthentication::Header }
}

#[cfg(test)]
mod tests {
    use super::*;

    const TENANT: &str = "33333333-cccc-4ddd-8eee-444444444444";

    fn document(issuer: &str) -> DiscoveryDocument {
        DiscoveryDocument {
            issuer: issuer.to_owned(),
            authorization_endpoint: "https://login.example/authorize".to_owned(),
            token_endpoint: "https://login.example/token".to_owned(),
            jwks_uri: "https://login.example/keys".to_owned(),
            end_session_endpoint: None,
            userinfo_endpoint: None,
            cloud_instance_name: None,
            msgraph_host: None,
            token_endpoint_auth_methods_supported: None,
            authorization_response_iss_parameter_supported: None,
        }
    }

    fn judged(authority: &str, issuer: &str) -> Result<ProviderMetadata, MetadataError> {
        judge(&Authority::parse(authority).unwrap(), &document(issuer))
    }

    #[test]
    fn the_issuer_of_each_authority_form_is_accepted() {
        let public = "https://login.microsoftonline.com";
        let tenant = Some(TENANT.parse().unwrap());
        for (authority, issuer, expected_tenant) in [
            (format!("{public}/{TENANT}"), format!("{public}/{TENANT}/v2.0"), tenant),
            (format!("{public}/contoso.onmicrosoft.com"), format!("{public}/{TENANT}/v2.0"), tenant),
            (format!("https://login.windows.net/{TENANT}"), format!("{public}/{TENANT}/v2.0"), tenant),
            (format!("{public}/common"), format!("{public}/{{tenantid}}/v2.0"), None),
            (format!("{public}/organizations"), format!("{public}/{{tenantid}}/v2.0"), None),
            (format!("{public}/consumers"), format!("{public}/{}/v2.0", Guid::CONSUMERS), Some(Guid::CONSUMERS)),
            (
                format!("https://contoso.ciamlogin.com/{TENANT}"),
                format!("https://{TENANT}.ciamlogin.com/{TENANT}/v2.0"),
                tenant,
            ),
            ("https://accounts.example".to_owned(), "https://accounts.example".to_owned(), None),
            ("https://accounts.example".to_owned(), "https://accounts.example/".to_owned(), None),
        ] {
            let metadata = judged(&authority, &issuer).unwrap();
            assert_eq!((metadata.issuer.to_string(), metadata.tenant), (issuer, expected_tenant), "{authority}");
        }
    }

    #[test]
    fn a_document_of_another_issuer_is_refused() {
        let public = "https://login.microsoftonline.com";
        let other = "44444444-cccc-4ddd-8eee-444444444444";
        for (authority, issuer) in [
            (format!("{public}/{TENANT}"), format!("{public}/{other}/v2.0")),
            (format!("{public}/{TENANT}"), format!("{public}/{{tenantid}}/v2.0")),
            (format!("{public}/{TENANT}"), format!("{public}/{TENANT}/v2.0/")),
            (format!("{public}/{TENANT}"), format!("https://evil.example/{TENANT}/v2.0")),
            (format!("{public}/{TENANT}"), format!("https://login.microsoftonline.us/{TENANT}/v2.0")),
            (format!("{public}/{TENANT}"), format!("https://sts.windows.net/{TENANT}/")),
            (format!("{public}/common"), format!("{public}/{TENANT}/v2.0")),
            (format!("{public}/common"), "https://evil.example/{tenantid}/v2.0".to_owned()),
            (format!("{public}/common"), format!("{public}/{{tenantid}}/v2.0/x")),
            (format!("{public}/consumers"), format!("{public}/{TENANT}/v2.0")),
            (format!("https://contoso.ciamlogin.com/{TENANT}"), format!("https://{other}.ciamlogin.com/{TENANT}/v2.0")),
            ("https://accounts.example".to_owned(), "https://accounts.example//".to_owned()),
            ("https://accounts.example".to_owned(), "https://accounts.example.evil".to_owned()),
            ("https://accounts.example".to_owned(), "HTTPS://accounts.example".to_owned()),
        ] {
            let refused = judged(&authority, &issuer).expect_err(&authority);
            assert!(matches!(&refused, MetadataError::Issuer { found, .. } if *found == issuer), "{refused}");
        }
    }

    #[test]
    fn an_endpoint_without_tls_is_refused_unless_all_is_on_loopback() {
        let authority = Authority::parse("https://accounts.example").unwrap();
        for open in ["http://accounts.example/token", "http://127.0.0.1/token", "ftp://accounts.example/", "token", ""]
        {
            let document =
                DiscoveryDocument { token_endpoint: open.to_owned(), ..document("https://accounts.example") };
            assert_eq!(
                judge(&authority, &document),
                Err(MetadataError::Address { member: "token_endpoint" }),
                "{open}"
            );
        }
        let local = Authority::parse("http://localhost:9/plain").unwrap();
        let on_loopback = |token: &str| DiscoveryDocument {
            token_endpoint: token.to_owned(),
            ..document("http://localhost:9/plain")
        };
        assert!(judge(&local, &on_loopback("http://localhost:9/token")).is_ok());
        assert!(judge(&local, &on_loopback("http://other.example/token")).is_err());
    }

    #[test]
    fn names_are_asked_for_over_tls_only_and_never_at_entra() {
        let with = |authority: &str, issuer: &str, address: serde_json::Value| {
            let document = DiscoveryDocument { userinfo_endpoint: Some(address), ..document(issuer) };
            judge(&Authority::parse(authority).unwrap(), &document).unwrap().user_info_endpoint
        };
        let plain = "https://accounts.example";
        let asked = with(plain, plain, "https://accounts.example/me".into());
        assert_eq!(asked.map(String::from).as_deref(), Some("https://accounts.example/me"));
        for unusable in ["http://accounts.example/me".into(), "/me".into(), 7.into(), serde_json::Value::Null] {
            assert_eq!(with(plain, plain, unusable), None);
        }
        let entra = format!("https://login.microsoftonline.com/{TENANT}/v2.0");
        assert_eq!(with(&entra, &entra, "https://graph.microsoft.com/oidc/userinfo".into()), None);
    }

    #[test]
    fn the_client_proves_itself_as_the_provider_can_read_it() {
        let with = |authority: &str, issuer: &str, methods: Option<&[&str]>| {
            let methods = methods.map(|methods| methods.iter().map(ToString::to_string).collect());
            let document = DiscoveryDocument { token_endpoint_auth_methods_supported: methods, ..document(issuer) };
            judge(&Authority::parse(authority).unwrap(), &document).unwrap().client_authentication
        };
        let plain = "https://accounts.example";
        let entra = format!("https://login.microsoftonline.com/{TENANT}/v2.0");
        assert_eq!(with(plain, plain, None), ClientAuthentication::Header);
        assert_eq!(
            with(plain, plain, Some(&["client_secret_basic", "client_secret_post"])),
            ClientAuthentication::Header
        );
        assert_eq!(with(plain, plain, Some(&["client_secret_post"])), ClientAuthentication::Form);
        assert_eq!(
            with(&entra, &entra, Some(&["client_secret_post", "client_secret_basic"])),
            ClientAuthentication::Form
        );
    }
}
