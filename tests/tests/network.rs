//! The network between an application and its provider: whose certificates are trusted, and what is said of others.

use std::path::Path;

use azure_auth::{AzureAuth, ConfigurationProblem};
use azure_auth_emulator::Emulator;
use poem::http::StatusCode;
use poem::test::TestClient;
use poem::{get, handler};

#[azure_auth::protect(scopes = "Files.Read")]
#[handler]
fn files() -> &'static str {
    "files"
}

async fn over_tls() -> Emulator {
    Emulator::builder().https().start().await.unwrap()
}

/// The settings of an emulator, and another value of one of them; an empty one is as good as none.
fn with(emulator: &Emulator, name: &str, value: &str) -> Vec<(String, String)> {
    let mut variables = emulator.env();
    variables.retain(|(known, _)| known != name);
    variables.push((name.to_owned(), value.to_owned()));
    variables
}

#[tokio::test]
async fn a_provider_of_a_named_authority_is_trusted_as_its_settings_are_printed() {
    let emulator = over_tls().await;
    let auth = AzureAuth::from_variables(emulator.env()).unwrap();
    auth.warm_up().await.unwrap();
    let client = TestClient::new(azure_auth::endpoints! { "/files" => get(files) }.with(auth));
    let token = emulator.access_token().user("adele@contoso.test").scope("Files.Read").issue();
    let answer = client.get("/files").header("authorization", format!("Bearer {token}")).send().await;
    answer.assert_status_is_ok();
    let refused = client.get("/files").header("authorization", "Bearer a.b.c").send().await;
    refused.assert_status(StatusCode::UNAUTHORIZED);
}

#[tokio::test]
async fn a_certificate_that_nobody_vouches_for_is_named_as_such_with_the_remedy() {
    let (emulator, other) = (over_tls().await, over_tls().await);
    let authority_of_another = other.ca_file().unwrap().display().to_string();
    for file in ["", &authority_of_another] {
        let auth = AzureAuth::from_variables(with(&emulator, "AZURE_CA_FILE", file)).unwrap();
        let problem = auth.warm_up().await.unwrap_err().to_string();
        assert!(problem.contains("certificate is not trusted"), "{problem}");
        assert!(problem.contains("AZURE_CA_FILE"), "{problem}");
    }
    assert_eq!(emulator.transcript().len(), 0, "nothing was asked over a connection that nobody trusts");
}

#[tokio::test]
async fn a_file_without_a_certificate_is_a_problem_at_start_beside_all_others() {
    let emulator = over_tls().await;
    let missing = Path::new(env!("CARGO_TARGET_TMPDIR")).join("no-such-file.pem");
    for (file, words) in [(missing.as_path(), "cannot be read"), (Path::new(file!()), "no certificate")] {
        let file = Path::new(env!("CARGO_MANIFEST_DIR")).parent().unwrap().join(file);
        let mut variables = with(&emulator, "AZURE_CA_FILE", file.to_str().unwrap());
        let alone = AzureAuth::from_variables(variables.clone()).unwrap_err();
        assert_eq!(alone.problems().len(), 1, "{alone}");
        assert!(alone.problems()[0].variable() == "AZURE_CA_FILE" && alone.to_string().contains(words), "{alone}");
        variables.retain(|(name, _)| name != "AZURE_CLIENT_ID");
        let both = AzureAuth::from_variables(variables).unwrap_err();
        let names: Vec<&str> = both.problems().iter().map(ConfigurationProblem::variable).collect();
        assert_eq!(names, ["AZURE_CLIENT_ID", "AZURE_CA_FILE"], "{both}");
    }
}
