//! What people agree to, and what they are asked for again.

use azure_auth_emulator::{Application, Directory, Emulator, StartError, User};
use reqwest::Response;
use url::Url;

const CONTOSO: &str = "aaaaaaaa-0000-4000-8000-000000000001";
const REDIRECT_URI: &str = "http://localhost:3000/authorization-code/callback";
const ADELE: &str = "adele@contoso.test";
const ALEX: &str = "alex@contoso.test";

struct Browser {
    emulator: Emulator,
    http: reqwest::Client,
}

/// What a person sees after a button.
#[derive(Debug, PartialEq)]
enum Seen {
    /// The application got a code.
    Code,
    /// The application got this code of an error.
    Error(String),
    /// A page with this title, and what is listed there.
    Page(String, Vec<String>),
}

impl Browser {
    async fn new() -> Self {
        Self::at(Emulator::start().await.unwrap())
    }

    fn at(emulator: Emulator) -> Self {
        let http = reqwest::Client::builder().redirect(reqwest::redirect::Policy::none()).no_proxy().tls_certs_only([]);
        Self { emulator, http: http.build().unwrap() }
    }

    async fn press(&self, scope: &str, buttons: &[(&str, &str)]) -> Seen {
        let form = [
            ("client_id", self.emulator.directory().applications()[0].application_id()),
            ("redirect_uri", REDIRECT_URI),
            ("response_type", "code"),
            ("scope", scope),
        ];
        let address = format!("{}/{CONTOSO}/oauth2/v2.0/authorize", self.emulator.origin());
        seen(self.http.post(address).form(&[&form, buttons].concat()).send().await.unwrap()).await
    }

    async fn pick(&self, scope: &str, account: &str) -> Seen {
        self.press(scope, &[("account", account)]).await
    }

    async fn accept(&self, scope: &str, account: &str) -> Seen {
        self.press(scope, &[("account", account), ("consent", "1")]).await
    }
}

async fn seen(answer: Response) -> Seen {
    let Some(location) = answer.headers().get("location") else {
        let page = answer.text().await.unwrap();
        let between = |text: &str, begin: &str, end: &str| {
            text.split(begin).skip(1).filter_map(|rest| rest.split(end).next()).map(ToOwned::to_owned).collect()
        };
        let title: Vec<String> = between(&page, "<h1>", "</h1>");
        return Seen::Page(title.concat(), between(&page, "<li>", "</li>"));
    };
    let location: Url = location.to_str().unwrap().parse().unwrap();
    let value = |wanted: &str| location.query_pairs().find(|(name, _)| name == wanted).map(|(_, value)| value);
    if let Some(text) = value("error_description") {
        return Seen::Error(text.split(':').next().unwrap().to_owned());
    }
    assert!(value("code").is_some(), "{location}");
    Seen::Code
}

fn page(title: &str, listed: &[&str]) -> Seen {
    Seen::Page(title.to_owned(), listed.iter().map(|word| (*word).to_owned()).collect())
}

#[tokio::test]
async fn what_was_agreed_to_is_not_asked_again_and_the_page_shows_what_is_new() {
    let browser = Browser::new().await;
    let user_read = "openid profile User.Read";
    assert_eq!(
        browser.pick("openid profile email offline_access", ALEX).await,
        Seen::Code,
        "signing in is no question"
    );
    let asked = page("Permissions requested", &["Microsoft Graph: User.Read"]);
    assert_eq!(browser.pick(user_read, ALEX).await, asked);
    assert_eq!(browser.pick(user_read, ALEX).await, asked, "looking at the page is not agreeing");
    assert_eq!(browser.press(user_read, &[("cancel", "1")]).await, Seen::Error("AADSTS65004".to_owned()));
    assert_eq!(browser.accept(user_read, ALEX).await, Seen::Code);
    assert_eq!(browser.pick("openid https://graph.microsoft.com/user.READ", ALEX).await, Seen::Code);
    let more = "openid User.Read Mail.Read https://storage.azure.com/user_impersonation";
    let new = ["Microsoft Graph: Mail.Read", "Azure Storage: user_impersonation"];
    assert_eq!(browser.pick(more, ALEX).await, page("Permissions requested", &new));
    assert_eq!(browser.pick(user_read, ADELE).await, asked, "each person agrees for themselves");
    assert_eq!(browser.accept(more, ALEX).await, Seen::Code);
    assert_eq!(browser.pick(more, ALEX).await, Seen::Code);
}

#[tokio::test]
async fn an_application_asks_for_its_own_api_without_a_page_and_for_another_one_with() {
    let browser = Browser::new().await;
    let [own, .., orders] = browser.emulator.directory().applications() else { panic!("two applications") };
    assert_eq!(browser.pick(&format!("openid {}/Files.Read", own.uri()), ALEX).await, Seen::Code);
    let scope = format!("openid {}/orders.read", orders.uri());
    assert_eq!(browser.pick(&scope, ALEX).await, page("Permissions requested", &["Local orders: Orders.Read"]));
    assert_eq!(browser.accept(&scope, ALEX).await, Seen::Code);
    assert_eq!(browser.pick(&scope, ALEX).await, Seen::Code);
}

#[tokio::test]
async fn what_needs_an_administrator_ends_with_others() {
    let browser = Browser::new().await;
    let scope = "openid User.Read Directory.Read.All";
    let end = page("Need admin approval", &["Microsoft Graph: Directory.Read.All"]);
    assert_eq!(browser.pick(scope, ALEX).await, end);
    assert_eq!(browser.accept(scope, ALEX).await, end, "there is no such button, and it does nothing");
    let returned = browser.press(scope, &[("cancel", "administrator")]).await;
    assert_eq!(returned, Seen::Error("AADSTS90094".to_owned()));
    let both = ["Microsoft Graph: User.Read", "Microsoft Graph: Directory.Read.All"];
    assert_eq!(browser.pick(scope, ADELE).await, page("Permissions requested", &both), "an administrator can agree");
    assert_eq!(browser.accept(scope, ADELE).await, Seen::Code);
    assert_eq!(browser.pick(scope, ALEX).await, end, "but agreed for herself");
}

#[tokio::test]
async fn an_administrators_consent_is_for_everyone_in_the_tenant() {
    let browser = Browser::new().await;
    let client = browser.emulator.directory().applications()[0].application_id().to_owned();
    let address = format!("{}/{CONTOSO}/v2.0/adminconsent", browser.emulator.origin());
    let consent = async |scope: &str, button: &str| {
        let form = [("client_id", client.as_str()), ("redirect_uri", REDIRECT_URI), ("scope", scope), (button, "1")];
        browser.http.post(&address).form(&form).send().await.unwrap()
    };
    let scope = "https://graph.microsoft.com/Directory.Read.All";
    consent(scope, "cancel").await;
    assert!(matches!(browser.pick(scope, ALEX).await, Seen::Page(..)));
    let granted = consent(scope, "consent").await;
    assert!(granted.headers()["location"].to_str().unwrap().contains("admin_consent=True"));
    assert_eq!(browser.pick(scope, ALEX).await, Seen::Code);
    assert!(matches!(browser.pick("User.Read", ALEX).await, Seen::Page(..)), "to nothing else");
    consent("https://graph.microsoft.com/.default", "consent").await;
    assert_eq!(browser.pick("User.Read", ALEX).await, Seen::Code, "what the registration lists");
    assert_eq!(consent("Directory.Raed.All", "consent").await.status(), 400);
}

#[tokio::test]
async fn default_asks_for_what_the_registration_lists_unless_something_was_agreed_to() {
    let listing = Application::new("Listing")
        .redirect_uri(REDIRECT_URI)
        .delegated_permission("https://graph.microsoft.com", "Mail.Read")
        .consented_permission("https://storage.azure.com", "user_impersonation");
    let browser = Browser::at(Emulator::builder().application(listing).start().await.unwrap());
    let scope = "openid https://graph.microsoft.com/.default";
    assert_eq!(browser.pick(scope, ALEX).await, page("Permissions requested", &["Microsoft Graph: Mail.Read"]));
    assert_eq!(browser.accept("User.Read", ALEX).await, Seen::Code);
    assert_eq!(browser.pick(scope, ALEX).await, Seen::Code, "it is what was agreed to");
    assert_eq!(browser.pick("https://storage.azure.com/.default", ALEX).await, Seen::Code, "by an administrator");
    let vault = "https://vault.azure.net";
    let nothing = browser.pick(&format!("{vault}/.default"), ALEX).await;
    assert_eq!(nothing, Seen::Error("AADSTS650057".to_owned()), "there is nothing to agree to");
    assert_eq!(browser.accept(&format!("{vault}/user_impersonation"), ALEX).await, Seen::Code);
    assert_eq!(browser.pick(&format!("{vault}/.default"), ALEX).await, Seen::Code);
}

#[tokio::test]
async fn without_a_page_missing_consent_is_an_error_and_with_prompt_everything_is_shown() {
    let browser = Browser::new().await;
    assert_eq!(browser.accept("openid User.Read", ALEX).await, Seen::Code);
    let silent = [("account", ALEX), ("prompt", "none")];
    assert_eq!(browser.press("openid Mail.Read", &silent).await, Seen::Error("AADSTS65001".to_owned()));
    assert_eq!(browser.press("openid User.Read", &silent).await, Seen::Code);
    let asked = [("account", ALEX), ("prompt", "consent")];
    let all = page("Permissions requested", &["openid", "User.Read"]);
    assert_eq!(browser.press("openid User.Read", &asked).await, all);
}

#[tokio::test]
async fn a_test_agrees_and_withdraws_for_a_person() {
    let browser = Browser::new().await;
    browser.emulator.consent(ALEX, "Local application", "User.Read Directory.Read.All").unwrap();
    assert_eq!(browser.pick("User.Read Directory.Read.All", ALEX).await, Seen::Code);
    let guest = "grady@fabrikam.onmicrosoft.com";
    browser.emulator.consent(guest, "Local application", "User.Read").unwrap();
    assert_eq!(browser.pick("User.Read", guest).await, Seen::Code, "in the tenant that invited them as well");
    browser.emulator.withdraw_consent(ALEX).unwrap();
    assert!(matches!(browser.pick("User.Read", ALEX).await, Seen::Page(..)));
    for (user, application, scope, expected) in [
        ("nobody", "Local application", "User.Read", "\"nobody\" is not a person of the directory; name one of "),
        (ALEX, "nobody", "User.Read", "\"nobody\" is not a registered application; name one of "),
        (ALEX, "Local application", "User.Raed", "AADSTS70011: "),
    ] {
        let found = browser.emulator.consent(user, application, scope).unwrap_err().to_string();
        assert!(found.starts_with(expected), "{found}");
    }
}

#[tokio::test]
async fn a_seed_may_list_permissions_and_administrators_and_its_mistakes_are_named() {
    let mut seed = serde_json::json!({
        "tenants": [{"id": CONTOSO, "domains": ["contoso.test"], "users": [{
            "name": "A B", "user_name": "a@contoso.test", "id": "dddddddd-0000-4000-8000-000000000004",
            "is_administrator": true,
        }]}],
        "applications": [{
            "name": "x", "client_id": "ffffffff-0000-4000-8000-000000000006", "secret": "s",
            "redirect_uris": [REDIRECT_URI],
            "delegated_permissions": [
                {"resource": "https://graph.microsoft.com", "scope": "User.Read", "is_consented": true},
                {"resource": "https://graph.microsoft.com", "scope": "Directory.Read.All"},
            ],
        }],
    });
    let start = async |seed: &serde_json::Value| {
        let directory: Directory = serde_json::from_value(seed.clone()).unwrap();
        Emulator::builder().seed(directory).start().await
    };
    let browser = Browser::at(start(&seed).await.unwrap());
    assert_eq!(browser.pick("User.Read", "a@contoso.test").await, Seen::Code);
    let scope = "https://graph.microsoft.com/Directory.Read.All";
    assert_eq!(browser.accept(scope, "a@contoso.test").await, Seen::Code);
    seed["applications"][0]["delegated_permissions"][0]["scope"] = "User.Raed".into();
    let wrong = start(&seed).await.unwrap_err();
    assert!(matches!(wrong, StartError::WrongScope { .. }), "{wrong}");
}

#[tokio::test]
async fn a_guest_agrees_for_themselves_and_administers_nothing() {
    let guest = User::new("Nestor Wilke", "nestor@fabrikam.test").guest_of(CONTOSO).administrator();
    let fabrikam = azure_auth_emulator::Tenant::new("fabrikam.test").user(guest);
    let browser = Browser::at(Emulator::builder().tenant(fabrikam).start().await.unwrap());
    assert_eq!(browser.accept("User.Read", "nestor@fabrikam.test").await, Seen::Code);
    let refused = browser.accept("Directory.Read.All", "nestor@fabrikam.test").await;
    assert!(matches!(refused, Seen::Page(title, _) if title == "Need admin approval"));
}
