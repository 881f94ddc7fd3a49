//! What Entra ID says of a registration that does not fit, by the codes that stay.

use super::finding::Finding;

/// What a code says of a registration, if that is what it is about.
pub(crate) fn problem(code: u32) -> Option<Finding> {
    let (name, cause, expected, remedy) = match code {
        7_000_215 => (
            "secret-wrong",
            "the secret is of another application, was deleted, or its id was copied in place of its value",
            "the value of a secret of this application",
            "make a new one under \"Certificates & secrets\" and copy its column \"Value\" into AZURE_CLIENT_SECRET",
        ),
        7_000_222 => (
            "secret-expired",
            "secrets are made for two years at most",
            "a secret that is still valid",
            "make a new one under \"Certificates & secrets\" and copy its column \"Value\" into AZURE_CLIENT_SECRET",
        ),
        7_000_218 => (
            "secret-missing",
            "the provider got no secret: the registration is for a program that has one",
            "AZURE_CLIENT_SECRET with the value of a secret",
            "make one under \"Certificates & secrets\" and copy its column \"Value\" into AZURE_CLIENT_SECRET",
        ),
        700_016 => (
            "client-unknown",
            "AZURE_CLIENT_ID has a typing error, or the application is of another tenant",
            "the id of an application that this tenant has",
            "compare AZURE_CLIENT_ID with \"Application (client) ID\", and AZURE_ISSUER_URI with \"Directory (tenant) ID\"",
        ),
        90002 => (
            "tenant-unknown",
            "the tenant in AZURE_ISSUER_URI does not exist, or belongs to another cloud",
            "a tenant of this cloud",
            "compare AZURE_ISSUER_URI with \"Directory (tenant) ID\" of the app registration",
        ),
        9_002_325 | 9_002_326 | 9_002_327 | 700_025 => (
            "redirect-uri-of-a-page",
            "the redirect URI is registered for the platform \"Single-page application\", or the client as a public one",
            "the redirect URI under the platform \"Web\"",
            "remove it there and add it under the platform \"Web\", page \"Authentication\" of the registration",
        ),
        50194 => (
            "single-tenant-registration",
            "the registration is for one tenant, and AZURE_ISSUER_URI names many (`common`)",
            "the authority of that tenant",
            "write the tenant's id into AZURE_ISSUER_URI, or register the application for several tenants",
        ),
        _ => return None,
    };
    Some(Finding::problem(name).cause(cause).expected(expected).remedy(remedy))
}
