//! One request in hand: what it says, and what has been found out about it.

use std::borrow::Cow;
use std::sync::{Arc, OnceLock};

use poem::error::ResponseError;
use poem::http::StatusCode;
use poem::{PathPattern, Request};
use thiserror::Error;

use super::findings::Findings;
use super::request_site::HostNotServed;
use super::{request_facts, request_site};
use crate::model::refusals::reason::Reason;
use crate::rules::request::navigation::AnswerForm;
use crate::rules::request::same_origin::RequestSource;
use crate::web::application::addresses::Addresses;
use crate::web::application::events::told_request::ToldRequest;
use crate::web::application::site::FoundSite;
use crate::web::application::state::Application;
use crate::web::pages::misuse;
use crate::web::pages::page::Asked;

/// What the guard, the extractors and the library's own paths know of a request. What takes a look at several headers is
/// worked out once, when somebody asks.
pub(crate) struct RequestContext<'r> {
    pub(crate) request: &'r Request,
    pub(crate) findings: &'r Findings,
    form: OnceLock<AnswerForm>,
    /// Boxed, for every request would carry room for what few of them need.
    source: OnceLock<Box<RequestSource<'r>>>,
}

/// A protected handler outside [`AzureAuth`](crate::AzureAuth): it answers 500 and never runs.
#[derive(Clone, Copy, Debug, Error)]
#[error("a protected handler is not inside `AzureAuth`")]
pub(crate) struct NotMounted;

impl ResponseError for NotMounted {
    fn status(&self) -> StatusCode {
        StatusCode::INTERNAL_SERVER_ERROR
    }

    fn as_response(&self) -> poem::Response {
        misuse::answer(Reason::NotMounted, "a request that came past `AzureAuth`", "one that came through it")
    }
}

impl<'r> RequestContext<'r> {
    #[inline]
    pub(crate) fn new(findings: &'r Findings, request: &'r Request) -> Self {
        Self { request, findings, form: OnceLock::new(), source: OnceLock::new() }
    }

    /// The context of a request that came through the layer.
    #[inline]
    pub(crate) fn of(request: &'r Request) -> Result<Self, NotMounted> {
        let findings = request.extensions().get::<Arc<Findings>>().ok_or(NotMounted)?;
        Ok(Self::new(findings.of(request), request))
    }

    pub(crate) fn application(&self) -> &'r Application {
        self.findings.application()
    }

    /// The address under which the application is asked; `None` where its host is not one of the application's. To
    /// remember it would take longer than to find it.
    pub(crate) fn site(&self) -> Option<FoundSite<'r>> {
        request_site::of(self.application(), self.request)
    }

    /// The same where nothing can go on without it.
    pub(crate) fn served_site(&self) -> Result<FoundSite<'r>, HostNotServed> {
        self.site().ok_or_else(|| HostNotServed::of(self))
    }

    /// The kind of answer that the sender understands.
    pub(crate) fn form(&self) -> AnswerForm {
        *self.form.get_or_init(|| request_facts::form_of_answer(self.request))
    }

    /// Which page sent the request, as far as the browser says so.
    pub(crate) fn source(&self) -> RequestSource<'r> {
        **self.source.get_or_init(|| Box::new(request_facts::source(self.request)))
    }

    /// The library's addresses as the browser knows them.
    pub(crate) fn addresses(&self) -> Addresses<'r> {
        request_site::addresses(self.application(), self.request)
    }

    /// Path and query of this request as the browser knows them, to come back to.
    pub(crate) fn own_address(&self) -> Cow<'r, str> {
        self.addresses().of(request_facts::return_address(self.request))
    }

    /// What a page in the application's own looks may say of the request.
    pub(crate) fn asked(&self) -> Asked {
        if self.application().pages.own.is_some() { request_facts::asked(self.request) } else { Asked::default() }
    }

    /// What events say of the request. `handler`: if it is known better than by the guard that was asked last.
    pub(crate) fn told_request(&self, handler: Option<&'static str>) -> ToldRequest {
        let pattern = self.request.data::<PathPattern>().map(|PathPattern(pattern)| pattern.clone());
        let handler = handler.or_else(|| self.findings.guard_notes.handler());
        ToldRequest::new(self.request.method().clone(), pattern, handler).by(self.findings.principal())
    }

    /// Whether the answer may hold what developers need to know.
    pub(crate) fn explains(&self) -> bool {
        request_site::explains(self.application(), self.request)
    }
}
