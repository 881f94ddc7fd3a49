//! One request as the endpoints see it.

use poem::Request;
use poem::http::header::{ACCEPT, AUTHORIZATION, CONTENT_TYPE, COOKIE, HOST, HeaderName, ORIGIN};
use poem::http::{HeaderMap, Method};
use url::form_urlencoded;

use super::sender::is_foreign_page;
use crate::directory::user::User;

/// Forms longer than this are not read.
const FORM_LIMIT: usize = 64 * 1024;

/// Name of the emulator's own cookie: who is signed in with "Microsoft".
pub(crate) const SESSION_COOKIE: &str = "emulator-session";

/// First segment of the paths that redirects lead to. The answers there are right, so that it does not matter to the
/// rest of a test whether a redirect was followed.
pub(crate) const ELSEWHERE: &str = "elsewhere";

/// A request as the endpoints see it.
pub(crate) struct Call {
    pub(crate) method: Method,
    pub(crate) path: String,
    /// A redirect was followed to get here.
    pub(crate) is_elsewhere: bool,
    pub(crate) query: Vec<(String, String)>,
    pub(crate) form: Vec<(String, String)>,
    /// The body as it was sent, for endpoints that take more than forms.
    pub(crate) body: Vec<u8>,
    pub(crate) content_type: String,
    pub(crate) accept: String,
    pub(crate) authorization: Option<String>,
    /// How the sender calls this request.
    pub(crate) client_request_id: Option<String>,
    /// Where the page is from that sent it to another origin, as browsers say.
    pub(crate) origin: Option<String>,
    /// A page that is not the emulator's own sent it, or a frame.
    pub(crate) is_of_foreign_page: bool,
    pub(crate) session: Option<String>,
    /// Name and port, as the sender knows them.
    pub(crate) host: Option<String>,
    /// What only programs on the machine itself write, and no page or proxy.
    pub(crate) metadata: Option<String>,
    pub(crate) identity_header: Option<String>,
    pub(crate) is_forwarded: bool,
}

impl Call {
    pub(crate) fn is_post(&self) -> bool {
        self.method == Method::POST
    }

    /// A parameter of the query or the form.
    pub(crate) fn parameter(&self, name: &str) -> Option<&str> {
        let found = self.query.iter().chain(&self.form).find(|(candidate, _)| candidate == name);
        found.map(|(_, value)| value.as_str()).filter(|value| !value.is_empty())
    }

    /// The token of a bearer (RFC 6750 §2.1).
    pub(crate) fn bearer(&self) -> Option<&str> {
        let (scheme, token) = self.authorization.as_deref()?.split_once(' ')?;
        scheme.eq_ignore_ascii_case("bearer").then_some(token.trim_start())
    }

    /// Whether `domain_hint`, which names the organisation whose sign-in page is shown, or a kind of accounts, has room for
    /// this person.
    pub(crate) fn is_for_domain_of(&self, user: &User) -> bool {
        self.parameter("domain_hint").is_none_or(|hint| user.is_of_domain(hint))
    }

    /// What a person did on a page of the emulator, as its form says. Neither the address of a link nor a form of another origin
    /// can press a button there.
    pub(crate) fn pressed(&self, name: &str) -> Option<&str> {
        if !self.is_post() || self.is_of_foreign_page {
            return None;
        }
        let found = self.form.iter().find(|(candidate, _)| candidate == name);
        found.map(|(_, value)| value.as_str()).filter(|value| !value.is_empty())
    }
}

pub(crate) async fn read(mut request: Request, scheme: &str) -> Option<Call> {
    let pairs = |text: &[u8]| form_urlencoded::parse(text).into_owned().collect::<Vec<_>>();
    let body = request.take_body().into_bytes_limit(FORM_LIMIT).await.ok()?;
    let header =
        |name: HeaderName| request.headers().get(name).and_then(|value| value.to_str().ok()).map(ToOwned::to_owned);
    Some(Call {
        method: request.method().clone(),
        path: request.uri().path().to_owned(),
        is_elsewhere: request.uri().path().split('/').nth(1) == Some(ELSEWHERE),
        query: pairs(request.uri().query().unwrap_or_default().as_bytes()),
        form: pairs(&body),
        body: body.to_vec(),
        content_type: header(CONTENT_TYPE).unwrap_or_default(),
        accept: header(ACCEPT).unwrap_or_default(),
        authorization: header(AUTHORIZATION),
        client_request_id: header(HeaderName::from_static("client-request-id")),
        origin: header(ORIGIN),
        is_of_foreign_page: is_foreign_page(request.headers(), scheme),
        session: session(request.headers()),
        host: header(HOST),
        metadata: header(HeaderName::from_static("metadata")),
        identity_header: header(HeaderName::from_static("x-identity-header")),
        is_forwarded: request.headers().contains_key("x-forwarded-for"),
    })
}

fn session(headers: &HeaderMap) -> Option<String> {
    let cookies = headers.get_all(COOKIE).iter().filter_map(|header| header.to_str().ok());
    let mut pairs = cookies.flat_map(|header| header.split(';')).filter_map(|pair| pair.trim().split_once('='));
    pairs.find(|(name, _)| *name == SESSION_COOKIE).map(|(_, value)| value.to_owned())
}
