//! Who may show our answers in a frame.

use std::sync::Arc;

use poem::Response;
use poem::http::header::{CONTENT_SECURITY_POLICY, HeaderValue, X_FRAME_OPTIONS};

use crate::model::settings::embedding::Embedding;

/// Nobody, or those whom the application names.
#[derive(Clone, Debug, Default)]
pub(crate) struct Framing {
    ancestors: Option<Arc<str>>,
}

impl Framing {
    pub(crate) const NOBODY: Self = Self { ancestors: None };

    pub(crate) fn of(embedding: Option<&Embedding>) -> Self {
        Self { ancestors: embedding.map(|embedding| embedding.frame_ancestors.as_str().into()) }
    }

    /// The directive of a Content-Security-Policy.
    pub(crate) fn directive(&self) -> String {
        format!("frame-ancestors {}", self.ancestors.as_deref().unwrap_or("'none'"))
    }

    /// Says so on an answer of the library. Where somebody may, `X-Frame-Options` could not name them.
    pub(crate) fn protect(&self, response: &mut Response) {
        if self.ancestors.is_none() {
            response.headers_mut().insert(X_FRAME_OPTIONS, HeaderValue::from_static("DENY"));
        } else {
            self.announce(response);
        }
    }

    /// Says so on any answer that does not say it itself, in a policy beside the answer's own: browsers follow both.
    pub(crate) fn announce(&self, response: &mut Response) {
        let headers = response.headers_mut();
        let names_ancestors = |policy: &HeaderValue| policy.to_str().is_ok_and(|text| text.contains("frame-ancestors"));
        if headers.contains_key(X_FRAME_OPTIONS) || headers.get_all(CONTENT_SECURITY_POLICY).iter().any(names_ancestors)
        {
            return;
        }
        // Made of origins that were judged: everything in it may be in a header.
        if let Ok(policy) = HeaderValue::from_str(&self.directive()) {
            headers.append(CONTENT_SECURITY_POLICY, policy);
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn policies(framing: &Framing, own: &[(&'static str, &'static str)]) -> Vec<String> {
        let mut response = Response::default();
        for (name, value) in own {
            response.headers_mut().append(*name, HeaderValue::from_static(value));
        }
        framing.announce(&mut response);
        let policies = response.headers().get_all(CONTENT_SECURITY_POLICY).iter();
        policies.map(|policy| policy.to_str().unwrap().to_owned()).collect()
    }

    #[test]
    fn an_answer_that_says_nothing_of_frames_says_who_may_frame_it() {
        let framing = Framing { ancestors: Some("https://portal.example".into()) };
        let ours = "frame-ancestors https://portal.example";
        assert_eq!(policies(&framing, &[]), [ours]);
        assert_eq!(policies(&framing, &[("content-security-policy", "img-src *")]), ["img-src *", ours]);
        let own = "frame-ancestors https://other.example";
        assert_eq!(policies(&framing, &[("content-security-policy", own)]), [own]);
        // Beside such a policy browsers would no longer look at this header.
        assert_eq!(policies(&framing, &[("x-frame-options", "DENY")]), Vec::<String>::new());
    }

    #[test]
    fn without_anybody_named_nobody_frames_us() {
        let mut response = Response::default();
        Framing::NOBODY.protect(&mut response);
        assert_eq!(response.headers()[X_FRAME_OPTIONS], "DENY");
        assert_eq!(Framing::NOBODY.directive(), "frame-ancestors 'none'");
    }
}
