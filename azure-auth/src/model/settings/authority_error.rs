//! Why a text names no provider, and what to write instead.

use azure_auth_policy::Guid;
use thiserror::Error;
use url::Url;

use super::almost_guid::GuidFlaw;
use super::authority::{Authority, TenantName, is_microsoft_host};

/// Why a text names no authority.
#[derive(Clone, Debug, PartialEq, Eq, Error)]
pub(crate) enum AuthorityError {
    #[error("not a web address")]
    NotAnAddress,
    /// The address is all that this one needs.
    #[error("the address has no `https://`")]
    NoScheme { address: String },
    #[error("this is a tenant alone, and not the address of one")]
    BareTenant { address: String },
    /// A name with dots, without anything else, may be either.
    #[error("not a web address")]
    BareDomain { domain: String },
    #[error("a placeholder is left in it")]
    Placeholder,
    #[error("`http` is for loopback hosts only")]
    OpenHttp,
    #[error("the address has a query, fragment or user name")]
    MoreThanAnIssuer,
    #[error("the address names no tenant")]
    TenantMissing { origin: String },
    #[error("the tenant `{tenant}` {}", flaw.cause)]
    TenantFlawed { origin: String, tenant: String, flaw: GuidFlaw },
    #[error("`{tenant}` is neither a tenant id nor a verified domain")]
    NotATenant { origin: String, tenant: String },
    #[error("the address is an endpoint, not an issuer, which ends after the tenant or after `/v2.0`")]
    Endpoint { issuer: Option<String> },
}

/// The address of most tenants.
const PUBLIC_CLOUD: &str = "https://login.microsoftonline.com";

/// Where the id of a tenant is found.
const TENANT_ID: &str = "\"Directory (tenant) ID\" of the app registration's Overview";

impl AuthorityError {
    /// Of a text that is not an address at all.
    pub(super) fn of_text(text: &str) -> Self {
        let address = format!("{PUBLIC_CLOUD}/{text}");
        if let Some(flaw) = GuidFlaw::of(text) {
            return Self::TenantFlawed { origin: PUBLIC_CLOUD.to_owned(), tenant: text.to_owned(), flaw };
        }
        match TenantName::parse(text) {
            Some(TenantName::Domain(domain)) if domain.ends_with(".onmicrosoft.com") => Self::BareTenant { address },
            Some(TenantName::Domain(domain)) if !is_microsoft_host(&domain) => Self::BareDomain { domain },
            None | Some(TenantName::Domain(_)) => {
                let address = format!("https://{text}");
                // A user name in it is not ours to repeat, and a word alone is not a host.
                let is_address = !text.contains("://") && text.split('/').next().is_some_and(|host| host.contains('.'));
                match Authority::parse(&address) {
                    Ok(_) if is_address => Self::NoScheme { address },
                    Err(error @ (Self::TenantMissing { .. } | Self::TenantFlawed { .. })) if is_address => error,
                    _ => Self::NotAnAddress,
                }
            }
            Some(_) => Self::BareTenant { address },
        }
    }

    /// Of the only segment at a host of Microsoft's.
    pub(super) fn of_tenant(origin: String, tenant: &str) -> Self {
        let tenant = tenant.to_owned();
        match GuidFlaw::of(&tenant) {
            _ if tenant.eq_ignore_ascii_case("v2.0") => Self::TenantMissing { origin },
            Some(flaw) => Self::TenantFlawed { origin, tenant, flaw },
            None => Self::NotATenant { origin, tenant },
        }
    }

    /// Of more segments than an issuer has.
    pub(super) fn of_segments(origin: &str, segments: &[&str]) -> Self {
        let tenant = segments.first().and_then(|tenant| TenantName::parse(tenant));
        Self::Endpoint { issuer: tenant.map(|tenant| format!("{origin}/{}", tenant.as_path_segment())) }
    }

    /// What to write instead.
    pub(crate) fn remedy(&self) -> String {
        let whole = |origin: &str| format!("write `{origin}/<tenant id>`, with {TENANT_ID}");
        let exactly = |address: &str| format!("write `{address}`");
        match self {
            Self::NotAnAddress | Self::Placeholder | Self::Endpoint { issuer: None } => whole(PUBLIC_CLOUD),
            Self::NoScheme { address } | Self::BareTenant { address } | Self::Endpoint { issuer: Some(address) } => {
                exactly(address)
            }
            Self::BareDomain { domain } => format!(
                "write `https://{domain}` if that is the provider, or `{PUBLIC_CLOUD}/{domain}` if it is a domain of your \
                 tenant"
            ),
            Self::OpenHttp => "write `https`".to_owned(),
            Self::MoreThanAnIssuer => {
                "write no more than scheme, host and path, as in `https://login.microsoftonline.com/<tenant id>`"
                    .to_owned()
            }
            Self::TenantMissing { origin } => whole(origin),
            Self::TenantFlawed { origin, flaw, .. } => match flaw.meant {
                Some(id) => exactly(&format!("{origin}/{id}")),
                None => format!("copy {TENANT_ID} once more, into `{origin}/<tenant id>`"),
            },
            Self::NotATenant { origin, .. } => {
                format!("{}, or with a verified domain such as `contoso.onmicrosoft.com`", whole(origin))
            }
        }
    }
}

/// Whether a custom host was probably meant to name a directory by its id.
pub(super) fn flawed_id(origin: &str, tenant: &str) -> Option<AuthorityError> {
    let flaw = GuidFlaw::of(tenant).filter(|_| tenant.parse::<Guid>().is_err())?;
    Some(AuthorityError::TenantFlawed { origin: origin.to_owned(), tenant: tenant.to_owned(), flaw })
}

/// What is left of a form that was to be filled in.
pub(super) fn has_placeholder(text: &str) -> bool {
    text.contains('<') && text.contains('>')
}

/// An address with a scheme that is not a web address may still be one without its scheme: `login.microsoftonline.com:443/…`.
pub(super) fn of_other_scheme(url: &Url, text: &str) -> AuthorityError {
    if url.scheme().contains('.') { AuthorityError::of_text(text) } else { AuthorityError::NotAnAddress }
}
