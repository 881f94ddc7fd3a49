//! The names of the blobs that the person may see, through the Azure SDK's own client.

use std::env;
use std::error::Error as AnyError;
use std::fs;
use std::sync::Arc;
use std::time::Duration;

use azure_auth::{Principal, TokenError};
use azure_core::credentials::TokenCredential;
use azure_core::http::{ClientOptions, Transport, Url};
use azure_storage_blob::{BlobContainerClient, BlobContainerClientOptions};
use futures_util::TryStreamExt;
use poem::http::StatusCode;
use poem::web::{Data, Html};
use poem::{Error, Result, handler};
use reqwest::Certificate;
use reqwest::redirect::Policy;

use crate::pages;

azure_auth::app! {
    downstream: {
        storage("https://storage.azure.com") { Impersonation("user_impersonation") = "Read the person's blobs" },
    },
}

/// A container of Azure Storage, and the way to it: that is shared by all requests, as clients are not.
#[derive(Clone)]
pub(crate) struct Container {
    /// None: nobody said which one.
    address: Option<Url>,
    transport: Transport,
}

impl Container {
    /// `BLOB_CONTAINER_URL`, such as `https://<account>.blob.core.windows.net/<container>`. It is https: the SDK sends tokens
    /// nowhere else.
    pub(crate) fn from_env() -> std::result::Result<Self, Box<dyn AnyError>> {
        let address = env::var("BLOB_CONTAINER_URL").ok().map(|address| Url::parse(&address)).transpose()?;
        // A redirect could lead to somebody whom the token is not for.
        let mut http = reqwest::Client::builder().redirect(Policy::none()).timeout(Duration::from_secs(10));
        if let Some(file) = env::var_os("AZURE_CA_FILE") {
            for certificate in Certificate::from_pem_bundle(&fs::read(file)?)? {
                http = http.add_root_certificate(certificate);
            }
        }
        Ok(Self { address, transport: Transport::new(Arc::new(http.build()?)) })
    }

    /// As the one whose credential it is may see them.
    async fn names(&self, address: &Url, credential: Arc<dyn TokenCredential>) -> azure_core::Result<Vec<String>> {
        let client_options = ClientOptions { transport: Some(self.transport.clone()), ..ClientOptions::default() };
        let options = BlobContainerClientOptions { client_options, ..BlobContainerClientOptions::default() };
        // It keeps the token that it gets: one for each request, or people would see what others may.
        let client = BlobContainerClient::new(address.clone(), Some(credential), Some(options))?;
        client.list_blobs(None)?.try_filter_map(async |blob| Ok(blob.name)).try_collect().await
    }
}

#[azure_auth::protect(via = session, downstream = storage::Impersonation)]
#[handler]
pub(crate) async fn your_blobs(principal: Principal, container: Data<&Container>) -> Result<Html<String>> {
    let Some(address) = &container.address else {
        let text = "BLOB_CONTAINER_URL does not say which container this page is about.";
        return Err(Error::from_string(text, StatusCode::NOT_FOUND));
    };
    let names = container.names(address, principal.token_credential()).await.map_err(no_answer)?;
    Ok(pages::list("Your blobs", names.iter().map(String::as_str)))
}

/// The way back to Microsoft, where the person is needed again; else a word for whoever runs the program.
fn no_answer(error: azure_core::Error) -> Error {
    TokenError::of_sdk(&error).map_or_else(
        || {
            tracing::warn!("Azure Storage: {error}");
            Error::from_string("Azure Storage does not tell.", StatusCode::BAD_GATEWAY)
        },
        Error::from,
    )
}
