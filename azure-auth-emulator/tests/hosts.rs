//! Names of its own that an emulator is told of.

use azure_auth_emulator::{Emulator, StartError};

#[tokio::test]
async fn a_host_that_it_was_told_of_is_served_and_addresses_stay_as_they_are() {
    let emulator = Emulator::builder().host("entra.test").host("10.0.0.7").start().await.unwrap();
    let http = reqwest::Client::builder().no_proxy().tls_certs_only([]).build().unwrap();
    for (host, expected) in [("entra.test:8400", 200), ("10.0.0.7", 200), ("evil.example", 421), ("a.entra.test", 421)]
    {
        let address = format!("{}/.well-known/openid-configuration", emulator.issuer("contoso.test"));
        let answer = http.get(address).header("host", host).send().await.unwrap();
        assert_eq!(answer.status(), expected, "{host}");
        let text = answer.text().await.unwrap();
        assert_eq!(text.contains(&format!("\"issuer\":\"{}/", emulator.origin())), expected == 200, "{host}: {text}");
    }
}

#[tokio::test]
async fn a_wrong_host_is_named_at_start() {
    for wrong in ["", "http://entra.test", "entra.test:8400", "entra.test/", "*.entra.test", "*", "::1", "a b"] {
        let error = Emulator::builder().host(wrong).start().await.unwrap_err();
        assert!(matches!(&error, StartError::NotAHost { found } if found == wrong), "{error}");
        assert!(error.to_string().contains("leave out the scheme, the port and the path"), "{error}");
    }
}
