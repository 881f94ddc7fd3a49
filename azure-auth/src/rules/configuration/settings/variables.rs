//! Which variables are read, and how.

use std::cell::RefCell;

use secrecy::SecretString;

use super::Settings;

impl Settings {
    /// Takes settings from variables by name; `read` gives a variable's text.
    pub(crate) fn from_variables(read: impl Fn(&'static str) -> Option<String>) -> Self {
        // Everything counts in a password: blanks and quotes as well.
        let exactly = |name| read(name).filter(|text| !text.is_empty());
        let read = |name| read(name).map(|text| text.trim().to_owned()).filter(|text| !text.is_empty());
        let list = |name| read(name).map(|text| text.split(',').map(|part| part.trim().to_owned()).collect::<Vec<_>>());
        Self {
            client_id: read("AZURE_CLIENT_ID"),
            client_secret: read("AZURE_CLIENT_SECRET").map(SecretString::from),
            client_certificate_path: read("AZURE_CLIENT_CERTIFICATE_PATH"),
            client_certificate_password: exactly("AZURE_CLIENT_CERTIFICATE_PASSWORD").map(SecretString::from),
            sends_certificate_chain: read("AZURE_CLIENT_SEND_CERTIFICATE_CHAIN"),
            federated_token_file: read("AZURE_FEDERATED_TOKEN_FILE"),
            client_credential: read("AZURE_CLIENT_CREDENTIAL"),
            identity_endpoint: read("IDENTITY_ENDPOINT"),
            identity_header: read("IDENTITY_HEADER").map(SecretString::from),
            machine_identity_host: read("AZURE_POD_IDENTITY_AUTHORITY_HOST"),
            authority_host: read("AZURE_AUTHORITY_HOST"),
            issuer_uri: read("AZURE_ISSUER_URI"),
            valid_tenant_ids: read("AZURE_VALID_TENANT_IDS"),
            audiences: list("AZURE_AUDIENCE"),
            callback_path: read("AZURE_AUTHORIZATION_CODE_ENDPOINT"),
            popup_login_path: read("AZURE_POPUP_LOGIN_ENDPOINT"),
            popup_logout_path: read("AZURE_POPUP_LOGOUT_ENDPOINT"),
            public_urls: list("AZURE_PUBLIC_URL"),
            session_keys: list("AZURE_SESSION_KEYS").map(|keys| keys.into_iter().map(SecretString::from).collect()),
            session_store: read("AZURE_SESSION_STORE").map(SecretString::from),
            group_overage: read("AZURE_GROUP_OVERAGE"),
            graph_uri: read("AZURE_GRAPH_URI"),
            explain: read("AZURE_EXPLAIN"),
            tenant_id: read("AZURE_TENANT_ID"),
            ca_file: read("AZURE_CA_FILE"),
            ..Self::default()
        }
    }

    /// Their names: those that are asked for.
    pub(crate) fn variables() -> Vec<&'static str> {
        let asked = RefCell::new(Vec::new());
        Self::from_variables(|name| {
            asked.borrow_mut().push(name);
            None
        });
        asked.into_inner()
    }
}
