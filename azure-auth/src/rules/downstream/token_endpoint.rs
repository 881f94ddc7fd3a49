//! The token endpoint of one tenant.

use azure_auth_policy::Guid;
use url::Url;

/// The endpoint of a tenant, where the provider's is Entra ID's: the tenant is the first part of its path, also where that is
/// `common` or `organizations`.
pub(crate) fn of_tenant(endpoint: &Url, tenant: Guid) -> Url {
    let mut of_tenant = endpoint.clone();
    let rest = endpoint.path().trim_start_matches('/').split_once('/').map_or("", |(_, rest)| rest);
    of_tenant.set_path(&format!("/{tenant}/{rest}"));
    of_tenant
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_tenant_takes_the_place_of_whatever_stands_for_many() {
        let tenant: Guid = "33333333-cccc-4ddd-8eee-444444444444".parse().unwrap();
        let expected =
            "https://login.microsoftonline.com/33333333-cccc-4ddd-8eee-444444444444/oauth2/v2.0/token".to_owned();
        for place in ["common", "organizations", "contoso.onmicrosoft.com", "33333333-cccc-4ddd-8eee-444444444444"] {
            let endpoint = format!("https://login.microsoftonline.com/{place}/oauth2/v2.0/token");
            assert_eq!(of_tenant(&Url::parse(&endpoint).unwrap(), tenant).as_str(), expected);
        }
    }
}
