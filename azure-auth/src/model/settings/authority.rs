//! Where the provider lives.

use azure_auth_policy::Guid;
use url::Url;

use super::authority_error::{self, AuthorityError};
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

impl Authority {
    /// Reads an issuer address, with or without `/v2.0` and a trailing slash.
    pub(crate) fn parse(text: &str) -> Result<Self, AuthorityError> {
        if authority_error::has_placeholder(text) {
            return Err(AuthorityError::Placeholder);
        }
        let url = Url::parse(text).map_err(|_| AuthorityError::of_text(text))?;
        let host = url.host_str().ok_or_else(|| authority_error::of_other_scheme(&url, text))?;
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
                None if microsoft => Err(AuthorityError::of_tenant(origin, tenant)),
                None => authority_error::flawed_id(&origin, tenant).map_or_else(|| Ok(Self::open_id(&url)), Err),
            },
            // No other provider names a directory by a bare id, so a custom host with that shape is Entra as well.
            [tenant] | [tenant, "v2.0"] if tenant.parse::<Guid>().is_ok() => {
                let id = tenant.parse().map_err(|_| AuthorityError::NotAnAddress)?;
                Ok(Self::Entra { origin, tenant: TenantName::Id(id) })
            }
            [] if microsoft && host.ends_with(".ciamlogin.com") => {
                let name = host.trim_end_matches(".ciamlogin.com");
                Ok(Self::Entra { origin, tenant: TenantName::Domain(format!("{name}.onmicrosoft.com")) })
            }
            [] if microsoft => Err(AuthorityError::TenantMissing { origin }),
            segments if microsoft => Err(AuthorityError::of_segments(&origin, segments)),
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

    /// The tenant's address, or the issuer.
    pub(crate) fn address(&self) -> String {
        match self {
            Self::Entra { origin, tenant } => format!("{origin}/{}", tenant.as_path_segment()),
            Self::OpenId { issuer } => issuer.clone(),
        }
    }

    /// Where an administrator agrees for everybody of a tenant, without the query; `None` for a provider without tenants.
    /// Personal accounts have no administrator, so that `common` stands for every organisation.
    pub(crate) fn consent_address(&self) -> Option<String> {
        match self {
            Self::Entra { origin, tenant } => {
                let tenant = match tenant {
                    TenantName::Common | TenantName::Consumers => &TenantName::Organizations,
                    tenant => tenant,
                };
                Some(format!("{origin}/{}/v2.0/adminconsent", tenant.as_path_segment()))
            }
            Self::OpenId { .. } => None,
        }
    }

    /// Whether the provider may be reached without TLS because it is on this machine.
    pub(crate) fn is_loopback(&self) -> bool {
        let (Self::Entra { origin: address, .. } | Self::OpenId { issuer: address }) = self;
        Url::parse(address).is_ok_and(|url| is_loopback(&url))
    }

    /// Whether there are no certificates to look at.
    pub(crate) fn is_plain_http(&self) -> bool {
        let (Self::Entra { origin: address, .. } | Self::OpenId { issuer: address }) = self;
        address.starts_with("http:")
    }

    /// Whether the provider has tenants, `tid` and `oid`.
    pub(crate) fn is_entra(&self) -> bool {
        matches!(self, Self::Entra { .. })
    }

    /// Whether it signs in people of one tenant, so that the program itself is of that one.
    pub(crate) fn is_of_one_tenant(&self) -> bool {
        matches!(self, Self::Entra { tenant: TenantName::Id(_) | TenantName::Domain(_), .. })
    }

    fn open_id(url: &Url) -> Self {
        Self::OpenId { issuer: url.as_str().trim_end_matches('/').to_owned() }
    }
}

impl TenantName {
    pub(super) fn parse(segment: &str) -> Option<Self> {
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

    pub(crate) fn as_path_segment(&self) -> String {
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
    fn what_names_no_authority_is_refused_with_the_cause_and_the_remedy() {
        let public = "https://login.microsoftonline.com";
        for (text, cause, remedy) in [
            (ID.to_owned(), "a tenant alone", format!("`{public}/{ID}`")),
            (format!("{{{ID}}}"), "other characters around the id", format!("`{public}/{ID}`")),
            ("common".to_owned(), "a tenant alone", format!("`{public}/common`")),
            ("contoso.onmicrosoft.com".to_owned(), "a tenant alone", format!("`{public}/contoso.onmicrosoft.com`")),
            (
                "contoso.com".to_owned(),
                "not a web address",
                format!("`https://contoso.com` if that is the provider, or `{public}/contoso.com`"),
            ),
            (ID[1..].to_owned(), "has 35 characters", format!("`{public}/<tenant id>`")),
            (format!("login.microsoftonline.com/{ID}"), "no `https://`", format!("`{public}/{ID}`")),
            (
                format!("login.microsoftonline.com:443/{ID}"),
                "no `https://`",
                format!("login.microsoftonline.com:443/{ID}`"),
            ),
            ("login.microsoftonline.com".to_owned(), "names no tenant", format!("`{public}/<tenant id>`")),
            (
                "ftp://login.microsoftonline.com/common".to_owned(),
                "not a web address",
                format!("`{public}/<tenant id>`"),
            ),
            ("http://login.microsoftonline.com/common".to_owned(), "`http` is for loopback", "`https`".to_owned()),
            // Browsers know where that is; the resolver of this machine may ask the network, and the secret would go there.
            ("http://login.localhost:8400/common".to_owned(), "`http` is for loopback", "`https`".to_owned()),
            (public.to_owned(), "names no tenant", format!("`{public}/<tenant id>`")),
            (format!("{public}/v2.0"), "names no tenant", format!("`{public}/<tenant id>`")),
            (format!("{public}/V2.0"), "names no tenant", format!("`{public}/<tenant id>`")),
            (format!("{public}/<tenant id>"), "a placeholder", format!("`{public}/<tenant id>`")),
            (format!("{public}/contoso"), "`contoso` is neither", format!("`{public}/<tenant id>`")),
            (
                format!("{public}/{}", &ID[1..]),
                "has 35 characters, and an id has 36",
                format!("`{public}/<tenant id>`"),
            ),
            (format!("{public}/{ID}0/v2.0"), "has 37 characters", format!("`{public}/<tenant id>`")),
            (format!("{public}/{}", ID.replace('e', "g")), "has 'g' at position 21", format!("`{public}/<tenant id>`")),
            (format!("{public}/{}", ID.replace('-', "")), "has no hyphens", format!("`{public}/{ID}`")),
            (
                format!("https://login.microsoftonline.us/{}", &ID[1..]),
                "has 35",
                "`https://login.microsoftonline.us/<".to_owned(),
            ),
            (format!("http://localhost:8400/{}", &ID[1..]), "has 35", "`http://localhost:8400/<tenant id>`".to_owned()),
            (format!("{public}/common/oauth2/v2.0/authorize"), "an endpoint", format!("write `{public}/common`")),
            (format!("{public}/x/y"), "an endpoint", format!("`{public}/<tenant id>`")),
            (format!("{public}/common?x=1"), "a query", "no more than".to_owned()),
            ("https://user@login.microsoftonline.com/common".to_owned(), "user name", "no more than".to_owned()),
            ("user:word@login.microsoftonline.com/common".to_owned(), "not a web", format!("`{public}/<tenant id>`")),
        ] {
            let error = Authority::parse(&text).expect_err(&text);
            assert!(error.to_string().contains(cause), "{text}: {error}");
            assert!(error.remedy().contains(&remedy) && !error.remedy().contains("word"), "{text}: {}", error.remedy());
        }
    }
}
