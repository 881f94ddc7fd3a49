//! What the application is told of a request that was refused or admitted.

use std::sync::Arc;
use std::time::SystemTime;

use azure_auth_policy::Guid;
use poem::http::Method;
use serde::{Serialize, Serializer};

use super::audit_line::AuditLine;
use crate::io::clock;
use crate::model::callers::identity::UserId;
use crate::model::callers::principal::{Party, Principal};
use crate::model::refusals::explanation::Explanation;
use crate::web::pages::refused::Failure;

/// Whose credential came with a request.
///
/// ```
/// use azure_auth::{EventCaller, RefusedRequest};
///
/// fn who(refused: &RefusedRequest) -> String {
///     match refused.caller() {
///         Some(EventCaller::Person(id)) => id.to_string(),
///         Some(EventCaller::Application { client_id, .. }) => client_id.clone(),
///         _ => "nobody that is known".to_owned(),
///     }
/// }
/// ```
#[derive(Clone, Debug, PartialEq, Eq)]
#[non_exhaustive]
pub enum EventCaller {
    /// A person, by a session or an access token.
    Person(UserId),
    /// An application without a person.
    #[non_exhaustive]
    Application {
        /// In its registration (`azp` or `appid`).
        client_id: String,
    },
}

/// A request that was refused, for [`AuthEvents::refused`](crate::AuthEvents::refused).
///
/// It holds no name and no address of a person, no token, and no path: a path may say whose file it is. Written by Serde it is
/// the object of a line of the [`AuditLog`](crate::AuditLog).
///
/// ```
/// # use azure_auth::RefusedRequest;
/// fn line(refused: &RefusedRequest) -> String {
///     format!("{} {} ({})", refused.method(), refused.path().unwrap_or("?"), refused.code())
/// }
/// ```
#[derive(Clone, Debug)]
#[non_exhaustive]
pub struct RefusedRequest {
    request: ToldRequest,
    explanation: &'static Explanation,
    reference: String,
}

/// A request that a guard let pass, for [`AuthEvents::admitted`](crate::AuthEvents::admitted).
///
/// It holds no name and no address of a person, no token, and no path: a path may say whose file it is. Written by Serde it is
/// the object of a line of the [`AuditLog`](crate::AuditLog).
///
/// ```
/// # use azure_auth::AdmittedRequest;
/// fn line(admitted: &AdmittedRequest) -> String {
///     format!("{} {}", admitted.method(), admitted.path().unwrap_or("?"))
/// }
/// ```
#[derive(Clone, Debug)]
#[non_exhaustive]
pub struct AdmittedRequest {
    request: ToldRequest,
}

/// What both say.
#[derive(Clone, Debug)]
pub(crate) struct ToldRequest {
    method: Method,
    path: Option<Arc<str>>,
    handler: Option<&'static str>,
    caller: Option<EventCaller>,
    tenant: Option<Guid>,
    at: SystemTime,
}

impl EventCaller {
    pub(crate) fn of(principal: &Principal) -> Self {
        match &principal.party {
            Party::User(identity) => Self::Person(identity.id.clone()),
            Party::Application(application) => Self::Application { client_id: application.client_id.clone() },
        }
    }
}

impl ToldRequest {
    /// Now. `path`: a pattern.
    pub(crate) fn new(method: Method, path: Option<Arc<str>>, handler: Option<&'static str>) -> Self {
        Self { method, path, handler, caller: None, tenant: None, at: clock::system_time() }
    }

    /// The same of a caller.
    pub(crate) fn by(self, principal: Option<&Principal>) -> Self {
        let tenant = principal.and_then(Principal::tenant);
        Self { caller: principal.map(EventCaller::of), tenant, ..self }
    }

    /// The same of a person who is none of ours yet.
    pub(crate) fn by_person(self, person: &UserId) -> Self {
        let tenant = match person {
            UserId::Entra { tenant, .. } => Some(*tenant),
            UserId::OpenId { .. } => None,
        };
        Self { caller: Some(EventCaller::Person(person.clone())), tenant, ..self }
    }

    pub(crate) fn refused(self, failure: &Failure) -> RefusedRequest {
        RefusedRequest {
            request: self,
            explanation: failure.reason.explanation(),
            reference: failure.reference.clone(),
        }
    }

    pub(crate) fn admitted(self) -> AdmittedRequest {
        AdmittedRequest { request: self }
    }

    fn line(&self, event: &'static str) -> AuditLine<'_> {
        let line = AuditLine {
            tenant: self.tenant,
            method: Some(self.method.as_str()),
            path: self.path.as_deref(),
            handler: self.handler,
            ..AuditLine::new(self.at, event)
        };
        match &self.caller {
            Some(EventCaller::Person(id)) => line.of_person(id),
            Some(EventCaller::Application { client_id }) => AuditLine { application: Some(client_id), ..line },
            None => line,
        }
    }
}

impl RefusedRequest {
    /// The stable code of the reason, such as `role-missing`. It is in the answer and in the log as well.
    ///
    /// ```
    /// # fn example(refused: &azure_auth::RefusedRequest) -> bool {
    /// refused.code() == "foreign-origin"
    /// # }
    /// ```
    pub fn code(&self) -> &'static str {
        self.explanation.code
    }

    /// The status of the answer.
    ///
    /// ```
    /// # fn example(refused: &azure_auth::RefusedRequest) -> bool {
    /// refused.status() >= 500
    /// # }
    /// ```
    pub fn status(&self) -> u16 {
        self.explanation.status
    }

    /// What joins this to the answer and to the line in the log.
    ///
    /// ```
    /// # fn example(refused: &azure_auth::RefusedRequest) -> String {
    /// format!("see {} in the log", refused.reference())
    /// # }
    /// ```
    pub fn reference(&self) -> &str {
        &self.reference
    }

    /// What the code means: the usual cause, the remedy, and who can do it.
    ///
    /// ```
    /// # fn example(refused: &azure_auth::RefusedRequest) {
    /// println!("to do: {}", refused.explanation().remedy);
    /// # }
    /// ```
    pub fn explanation(&self) -> &'static Explanation {
        self.explanation
    }

    pub(crate) fn line(&self) -> AuditLine<'_> {
        AuditLine {
            code: Some(self.code()),
            status: Some(self.status()),
            reference: Some(&self.reference),
            ..self.request.line("refused")
        }
    }
}

impl AdmittedRequest {
    pub(crate) fn line(&self) -> AuditLine<'_> {
        self.request.line("admitted")
    }
}

macro_rules! says_of_its_request {
    ($event:ident) => {
        impl $event {
            /// The method of the request.
            ///
            /// ```
            #[doc = concat!("# fn example(event: &azure_auth::", stringify!($event), ") -> bool {")]
            /// event.method().is_safe()
            /// # }
            /// ```
            pub fn method(&self) -> &Method {
                &self.request.method
            }

            /// The pattern of the row or of the path of the library that it was for, such as `/files/:id`. `None` where Poem
            /// found no row for it.
            ///
            /// ```
            #[doc = concat!("# fn example(event: &azure_auth::", stringify!($event), ") -> bool {")]
            /// event.path() == Some("/files/:id")
            /// # }
            /// ```
            pub fn path(&self) -> Option<&str> {
                self.request.path.as_deref()
            }

            /// The handler, or the guard, by its name in the program. `None` where none was asked, such as by a path of the
            /// library.
            ///
            /// ```
            #[doc = concat!("# fn example(event: &azure_auth::", stringify!($event), ") -> bool {")]
            /// event.handler() == Some("read_file")
            /// # }
            /// ```
            pub fn handler(&self) -> Option<&'static str> {
                self.request.handler
            }

            /// Whose credential came with it, where one did that proves somebody. What another site had the browser of a
            /// person send came with their session: it is theirs, and not their doing.
            ///
            /// ```
            #[doc = concat!("# fn example(event: &azure_auth::", stringify!($event), ") {")]
            /// println!("{:?}", event.caller());
            /// # }
            /// ```
            pub fn caller(&self) -> Option<&EventCaller> {
                self.request.caller.as_ref()
            }

            /// The caller's tenant; none at a provider without tenants.
            ///
            /// ```
            #[doc = concat!("# fn example(event: &azure_auth::", stringify!($event), ") -> Option<String> {")]
            /// event.tenant().map(|tenant| tenant.to_string())
            /// # }
            /// ```
            pub fn tenant(&self) -> Option<Guid> {
                self.request.tenant
            }

            /// When it was judged, which may be a while before it is told.
            ///
            /// ```
            #[doc = concat!("# fn example(event: &azure_auth::", stringify!($event), ") {")]
            /// let age = event.at().elapsed().unwrap_or_default();
            /// # }
            /// ```
            pub fn at(&self) -> SystemTime {
                self.request.at
            }
        }

        impl Serialize for $event {
            fn serialize<S: Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
                self.line().serialize(serializer)
            }
        }
    };
}

says_of_its_request!(RefusedRequest);
says_of_its_request!(AdmittedRequest);
