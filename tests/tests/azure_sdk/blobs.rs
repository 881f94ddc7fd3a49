//! Microsoft's code at both ends: a client of the Azure SDK, and Azurite.

use std::path::Path;
use std::sync::Arc;

use azure_auth_emulator::{Emulator, TokenGrant};
use azure_auth_tests::browser::Browser;
use azure_auth_tests::program::Program;
use azure_auth_tests::scene;
use azure_core::credentials::TokenCredential;
use azure_core::http::{ClientOptions, RequestContent, Transport, Url};
use azure_storage_blob::{BlobContainerClient, BlobContainerClientOptions};

use super::azurite::Azurite;

fn client(azurite: &Azurite, credential: Option<Arc<dyn TokenCredential>>) -> BlobContainerClient {
    let authority = std::fs::read(&azurite.ca_file).unwrap();
    let authority = reqwest::Certificate::from_pem(&authority).unwrap();
    let http = reqwest::Client::builder().no_proxy().tls_certs_only([authority]).build().unwrap();
    let client_options = ClientOptions { transport: Some(Transport::new(Arc::new(http))), ..ClientOptions::default() };
    let options = BlobContainerClientOptions { client_options, ..BlobContainerClientOptions::default() };
    let address = Url::parse(&format!("{}/papers", azurite.account)).unwrap();
    BlobContainerClient::new(address, credential, Some(options)).unwrap()
}

#[tokio::test]
async fn a_page_lists_what_the_program_wrote_as_the_person_and_the_sdk_see_it() {
    let Some(azurite) = Azurite::start().await else { return };
    let emulator = Emulator::start().await.unwrap();

    // The program itself writes.
    let auth = scene::auth(&emulator, &[("AZURE_SESSION_STORE", "memory")]);
    let container = client(&azurite, Some(auth.application_credential()));
    container.create(None).await.unwrap();
    for name in ["minutes.txt", "reports/<b>2026.pdf"] {
        let content = RequestContent::from(b"written by a test".to_vec());
        container.blob_client(name).upload(content, None).await.unwrap();
    }
    assert_eq!(emulator.token_requests(TokenGrant::ClientCredentials), 1, "the client and the library keep it");
    let nobody = client(&azurite, None).get_properties(None).await.unwrap_err();
    assert!(nobody.http_status().is_some_and(|status| status.is_client_error()), "Azurite asks for a token: {nobody}");

    // A person reads, in the example as it is built for everybody.
    let container = ("BLOB_CONTAINER_URL".to_owned(), format!("{}/papers", azurite.account));
    let authority = ("AZURE_CA_FILE".to_owned(), azurite.ca_file.display().to_string());
    let variables: Vec<(String, String)> = emulator.env().into_iter().chain([container, authority]).collect();
    let log = Path::new(env!("CARGO_TARGET_TMPDIR")).join("azure-sdk-blobs.log");
    let program = Program::start("graph", &variables, &log);
    let browser = Browser::new();
    let page = browser.visit_as("Adele", program.at("/blobs")).await;
    assert_eq!((page.status, page.address.path()), (200, "/blobs"), "{page:?}\n{}", program.log());
    assert!(page.text.contains("<li>minutes.txt</li><li>reports/&lt;b>2026.pdf</li>"), "{}", page.text);

    // The token is the person's, and is kept for the next page.
    assert_eq!(emulator.token_requests(TokenGrant::ClientCredentials), 1, "nobody asked for the program");
    let renewals = emulator.token_requests(TokenGrant::RefreshToken);
    assert_eq!(browser.open(program.at("/blobs")).await.text, page.text);
    assert_eq!(emulator.token_requests(TokenGrant::RefreshToken), renewals);
    assert!(!program.log().contains("eyJ"), "no token in the log");
}
