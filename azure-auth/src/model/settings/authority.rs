//! Where the provider lives.

use azure_auth_policy::Guid;
use thiserror::Error;
use url::Url;

use super::origin::is_loopback;

/// The provider as configured: Microsoft Entra ID with a tenant, or any other OpenID Connect issuer.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(crate) enum Authority {
    /// `https://login.microsoftonline.com/<tenant>`, a national cloud, `ciamlogin.com`, or the same shape on loopback.
    Entra { origin: String, tenant: TenantName },
    /// An issuer as written, without a trailing slash.
    OpenId { issuer: String },
}

/// How the configured authority names the tenant.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(crate) enum TenantName {
    Id(Guid),
    Domain(String),
    Common,
    Organizations,
    Consumers,
}

/// Why a text names no authority.
#[derive(Clone, Debug, PartialEq, Eq, Error)]
pub(crate) enum AuthorityError {
    #[error("not a web address; write `https://login.microsoftonline.com/<tenant id>`")]
    NotAnAddress,
    #[error("`http` is for loopback hosts only; write `https`")]
    OpenHttp,
    #[error("the address has a query, fragment or user name; write it without")]
    MoreThanAnIssuer,
    #[error("the address names no tenant; append the tenant id: `https://login.microsoftonline.com/<tenant id>`")]
    TenantMissing,
    #[error("the address is an endpoint, not an issuer; it ends after the tenant or after `/v2.0`")]
    Endpoint,
}

impl Authority {
    /// Reads an issuer address, with or without `/v2.0` and a trailing slash.
    pub(crate) fn parse(text: &str) -> Result<Self, AuthorityError> {
        let url = Url::parse(text).map_err(|_| AuthorityError::NotAnAddress)?;
        let host = url.host_str().ok_or(AuthorityError::NotAnAddress)?;
        match url.scheme() {
            "https" => {}
            "http" if is_loopback(&url) => {}
            "http" => return Err(AuthorityError::OpenHttp),
            _ => return Err(AuthorityError::NotAnAddress),
        }
        let has_user = !url.username().is_empty() || url.password().is_some();
        if url.query().is_some() || url.fragment().is_some() || has_user {
            return Err(AuthorityError::MoreThanAnIssuer);
        }
        let segments: Vec<&str> = url.path().split('/').filter(|segment| !segment.is_empty()).map(version).collect();
        let origin = url.origin().ascii_serialization();
        let microsoft = is_microsoft_host(host);
        match segments.as_slice() {
            [tenant] | [tenant, "v2.0"] if microsoft || is_loopback(&url) => match TenantName::parse(tenant) {
                Some(tenant) => Ok(Self::Entra { origin, tenant }),
                None if microsoft => Err(AuthorityError::TenantMissing),
                None => Ok(Self::open_id(&url)),
            },
            // No other provider names a directory by a bare id, so a custom host with that shape is Entra as well.
            [tenant] | [tenant, "v2.0"] if tenant.parse::<Guid>().is_ok() => Ok(Self::Entra {
                origin,
                tenant: TenantName::Id(tenant.parse().map_err(|_| AuthorityError::Endpoint)?),
            }),
            [] if microsoft && host.ends_with(".ciamlogin.com") => {
                let name = host.trim_end_matches(".ciamlogin.com");
                Ok(Self::Entra { origin, tenant: TenantName::Domain(format!("{name}.onmicrosoft.com")) })
            }
            [] if microsoft => Err(AuthorityError::TenantMissing),
            _ if microsoft => Err(AuthorityError::Endpoint),
            _ => Ok(Self::open_id(&url)),
        }
    }

    /// A text that two authorities share only if they are one: kind, address and tenant, in that order.
    pub(crate) fn canonical(&self) -> String {
        match self {
            Self::Entra { origin, tenant } => format!("entra {origin} {}", tenant.as_path_segment()),
            Self::OpenId { issuer } => format!("openid {issuer}"),
        }
    }

    /// Where the discovery document is (OpenID Connect Discovery 1.0 §4).
    pub(crate) fn metadata_address(&self) -> String {
        match self {
            Self::Entra { origin, tenant } => {
                format!("{origin}/{}/v2.0/.well-known/openid-configuration", tenant.as_path_segment())
            }
            Self::OpenId { issuer } => format!("{issuer}/.well-known/openid-configuration"),
        }
    }

    /// The name of the protection space in challenges (RFC 9110 §11.5): the tenant, or the issuer.
    pub(crate) fn realm(&self) -> String {
        match self {
            Self::Entra { tenant, .. } => tenant.as_path_segment(),
            Self::OpenId { issuer } => issuer.clone(),
        }
    }

    /// Where Entra ID signs people in, as its own services write it into challenges; `None` for every other provider.
    pub(crate) fn authorization_uri(&self) -> Option<String> {
        match self {
            Self::Entra { origin, tenant } => {
                Some(format!("{origin}/{}/oauth2/v2.0/authorize", tenant.as_path_segment()))
            }
            Self::OpenId { .. } => None,
        }
    }

    /// Whether the provider may be reached without TLS because it is on this machine.
    pub(crate) fn is_loopback(&self) -> bool {
        let (Self::Entra { origin: address, .. } | Self::OpenId { issuer: address }) = self;
        Url::parse(address).is_ok_and(|url| is_loopback(&url))
    }

    /// Whether the provider has tenants, `tid` and `oid`.
    pub(crate) fn is_entra(&self) -> bool {
        matches!(self, Self::Entra { .. })
    }

    fn open_id(url: &Url) -> Self {
        Self::OpenId { issuer: url.as_str().trim_end_matches('/').to_owned() }
    }
}

impl TenantName {
    fn parse(segment: &str) -> Option<Self> {
        match segment.to_ascii_lowercase().as_str() {
            "common" => Some(Self::Common),
            "organizations" => Some(Self::Organizations),
            "consumers" => Some(Self::Consumers),
            _ => match segment.parse::<Guid>() {
                Ok(Guid::CONSUMERS) => Some(Self::Consumers),
                Ok(id) => Some(Self::Id(id)),
                Err(_) if is_domain(segment) => Some(Self::Domain(segment.to_ascii_lowercase())),
                Err(_) => None,
            },
        }
    }

    fn as_path_segment(&self) -> String {
        match self {
            Self::Id(id) => id.to_string(),
            Self::Domain(domain) => domain.clone(),
            Self::Common => "common".to_owned(),
            Self::Organizations => "organizations".to_owned(),
            Self::Consumers => "consumers".to_owned(),
        }
    }
}

/// Entra reads its version in capitals as well.
fn version(segment: &str) -> &str {
    if segment.eq_ignore_ascii_case("v2.0") { "v2.0" } else { segment }
}

fn is_domain(segment: &str) -> bool {
    let label =
        |label: &str| !label.is_empty() && label.bytes().all(|byte| byte.is_ascii_alphanumeric() || byte == b'-');
    // `v2.0` alone is a version without a tenant.
    segment != "v2.0" && segment.contains('.') && segment.split('.').all(label)
}

/// The hosts of the public and national clouds, and of external tenants.
pub(crate) fn is_microsoft_host(host: &str) -> bool {
    const CLOUD_HOSTS: [&str; 11] = [
        "login.microsoftonline.com",
        "login.windows.net",
        "login.microsoft.com",
        "sts.windows.net",
        "login.microsoftonline.us",
        "login.usgovcloudapi.net",
        "login.partner.microsoftonline.cn",
        "login.chinacloudapi.cn",
        "login.sovcloud-identity.fr",
        "login.sovcloud-identity.de",
        "login.sovcloud-identity.sg",
    ];
    CLOUD_HOSTS.contains(&host) || host.ends_with(".ciamlogin.com")
}

#[cfg(test)]
mod tests {
    use super::*;

    const ID: &str = "33333333-cccc-4ddd-8eee-444444444444";

    fn entra(origin: &str, tenant: TenantName) -> Authority {
        Authority::Entra { origin: origin.to_owned(), tenant }
    }

    #[test]
    fn every_form_of_an_entra_authority_reads_the_same_with_and_without_version() {
        let public = "https://login.microsoftonline.com";
        let id = TenantName::Id(ID.parse().unwrap());
        for ending in ["", "/", "/v2.0", "/v2.0/"] {
            assert_eq!(Authority::parse(&format!("{public}/{ID}{ending}")), Ok(entra(public, id.clone())));
        }
        for (segment, tenant) in [
            ("common", TenantName::Common),
            ("organizations", TenantName::Organizations),
            ("consumers", TenantName::Consumers),
            ("Common", TenantName::Common),
            ("ORGANIZATIONS", TenantName::Organizations),
            ("Consumers", TenantName::Consumers),
            ("9188040d-6c67-4c5b-b112-36a304b66dad", TenantName::Consumers),
            ("Contoso.onmicrosoft.com", TenantName::Domain("contoso.onmicrosoft.com".to_owned())),
        ] {
            assert_eq!(Authority::parse(&format!("{public}/{segment}/v2.0")), Ok(entra(public, tenant.clone())));
            assert_eq!(Authority::parse(&format!("{public}/{segment}/V2.0/")), Ok(entra(public, tenant)));
        }
        let china = "https://login.partner.microsoftonline.cn";
        assert_eq!(Authority::parse(&format!("{china}/{ID}")), Ok(entra(china, id.clone())));
        assert_eq!(
            Authority::parse(&format!("http://127.0.0.1:8400/{ID}/v2.0")),
            Ok(entra("http://127.0.0.1:8400", id.clone()))
        );
        assert_eq!(
            Authority::parse(&format!("https://login.contoso.com/{ID}")),
            Ok(entra("https://login.contoso.com", id))
        );
        let external = TenantName::Domain("contoso.onmicrosoft.com".to_owned());
        assert_eq!(
            Authority::parse("https://contoso.ciamlogin.com/"),
            Ok(entra("https://contoso.ciamlogin.com", external))
        );
    }

    #[test]
    fn challenges_name_the_authorization_endpoint_of_entra_and_of_no_other_provider() {
        let address = |text: &str| Authority::parse(text).unwrap().authorization_uri();
        assert_eq!(
            address(&format!("https://login.microsoftonline.com/{ID}/v2.0")),
            Some(format!("https://login.microsoftonline.com/{ID}/oauth2/v2.0/authorize"))
        );
        assert_eq!(
            address("https://login.microsoftonline.us/Common"),
            Some("https://login.microsoftonline.us/common/oauth2/v2.0/authorize".to_owned())
        );
        assert_eq!(address("https://accounts.google.com"), None);
    }

    #[test]
    fn any_other_issuer_is_taken_as_written() {
        for (text, issuer) in [
            ("https://accounts.google.com", "https://accounts.google.com"),
            ("https://example.auth0.com/", "https://example.auth0.com"),
            ("https://keycloak.example.com/realms/main", "https://keycloak.example.com/realms/main"),
            ("http://localhost:8080/realms/main", "http://localhost:8080/realms/main"),
            ("http://127.0.0.1:9/plain", "http://127.0.0.1:9/plain"),
        ] {
            assert_eq!(Authority::parse(text), Ok(Authority::OpenId { issuer: issuer.to_owned() }));
        }
    }

    #[test]
    fn what_names_no_authority_is_refused_with_the_remedy() {
        for (text, problem) in [
            ("login.microsoftonline.com/common", AuthorityError::NotAnAddress),
            ("ftp://login.microsoftonline.com/common", AuthorityError::NotAnAddress),
            ("http://login.microsoftonline.com/common", AuthorityError::OpenHttp),
            // Browsers know where that is; the resolver of this machine may ask the network, and the secret would go there.
            ("http://login.localhost:8400/common", AuthorityError::OpenHttp),
            ("https://login.microsoftonline.com", AuthorityError::TenantMissing),
            ("https://login.microsoftonline.com/v2.0", AuthorityError::TenantMissing),
            ("https://login.microsoftonline.com/V2.0", AuthorityError::TenantMissing),
            ("https://login.microsoftonline.com/<tenant>", AuthorityError::TenantMissing),
            ("https://login.microsoftonline.com/common/oauth2/v2.0/authorize", AuthorityError::Endpoint),
            ("https://login.microsoftonline.com/common?x=1", AuthorityError::MoreThanAnIssuer),
            ("https://user@login.microsoftonline.com/common", AuthorityError::MoreThanAnIssuer),
        ] {
            assert_eq!(Authority::parse(text), Err(problem), "{text}");
        }
    }
}
