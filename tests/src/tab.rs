//! The guestbook in a frame of a portal, as a tab of Teams is.

use base64::Engine;
use base64::engine::general_purpose::URL_SAFE_NO_PAD;
use reqwest::Method;

use crate::browser::Page;
use crate::scene::Scene;

/// A page of another site that may frame the guestbook.
pub const PORTAL: &str = "https://portal.test";

/// What the library's script makes before it opens a window.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Secret {
    /// Never leaves the frame, but to our own server.
    pub secret: String,
    /// Goes with the window.
    pub challenge: String,
}

impl Secret {
    /// A new one.
    pub fn new() -> Self {
        let mut bytes = [0; 32];
        aws_lc_rs::rand::fill(&mut bytes).expect("randomness");
        let secret = URL_SAFE_NO_PAD.encode(bytes);
        let hash = aws_lc_rs::digest::digest(&aws_lc_rs::digest::SHA256, secret.as_bytes());
        Self { secret, challenge: URL_SAFE_NO_PAD.encode(hash) }
    }
}

impl Default for Secret {
    fn default() -> Self {
        Self::new()
    }
}

/// What a script in the frame does, by hand.
impl Scene {
    /// The start page of the guestbook, as the portal shows it.
    pub async fn tab(&self) -> Page {
        self.browser.frame(&Page::of(PORTAL), self.at("/")).await
    }

    /// Opens the window for sign-in from a page.
    pub async fn login_window(&self, opener: &Page, secret: &Secret) -> Page {
        self.browser.window(opener, self.at(&format!("/popup/login?challenge={}", secret.challenge))).await
    }

    /// Signs in in the window and gives its last page.
    pub async fn signs_in_window(&self, window: Page) -> Page {
        let page = self.browser.follow(window).await;
        if page.text.contains("Pick an account") { self.browser.pick(&page, "Adele").await } else { page }
    }

    /// The whole way to a code.
    pub async fn code_for(&self, opener: &Page, secret: &Secret) -> String {
        let last = self.signs_in_window(self.login_window(opener, secret).await).await;
        code(&last).unwrap_or_else(|| panic!("no code: {last:?}"))
    }

    /// Turns a code into the session of a frame.
    pub async fn redeems(&self, tab: &Page, code: &str, secret: &str) -> Page {
        let form = vec![("code".to_owned(), code.to_owned()), ("secret".to_owned(), secret.to_owned())];
        self.browser.script(tab, Method::POST, self.at("/session/embedded")).form(form).send().await
    }

    /// Signs in from a tab, and the tab is left.
    pub async fn signed_in_tab(&self) -> Page {
        let (tab, secret) = (self.tab().await, Secret::new());
        let code = self.code_for(&tab, &secret).await;
        assert_eq!(self.redeems(&tab, &code, &secret.secret).await.status, 204);
        tab
    }

    /// Whether a script of a page sees somebody signed in.
    pub async fn is_signed_in_at(&self, page: &Page) -> bool {
        let answer = self.browser.script(page, Method::GET, self.at("/session")).send().await;
        assert!(matches!(answer.status, 200 | 401), "neither signed in nor not: {answer:?}");
        answer.status == 200
    }
}

/// The code that the last page of a window holds.
pub fn code(page: &Page) -> Option<String> {
    let (_, rest) = page.text.split_once("data-azure-auth-code=\"")?;
    rest.split_once('"').map(|(code, _)| code.to_owned())
}
