//! How an application signs people in while it is shown in a frame of another site.

/// Present where `builder().frame_ancestors(…)` names somebody. Made by `rules::configuration` only.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(crate) struct Embedding {
    /// Who may frame the application, as written in a Content-Security-Policy: origins, separated by spaces.
    pub(crate) frame_ancestors: String,
    /// Path of the window in which a person of a frame signs in.
    pub(crate) login: String,
    /// Path of the window in which they sign out at the provider.
    pub(crate) logout: String,
}

impl Embedding {
    /// Default of `login`.
    pub(crate) const LOGIN: &'static str = "/popup/login";

    /// Default of `logout`.
    pub(crate) const LOGOUT: &'static str = "/popup/logout";

    /// Below the path of the session: the script for the pages in the frame.
    pub(crate) const SCRIPT: &'static str = "/embed.js";

    /// Below the path of the session: where the frame turns a code into its session.
    pub(crate) const REDEMPTION: &'static str = "/embedded";

    pub(crate) fn all(&self, session: &str) -> Vec<String> {
        let below = [Self::SCRIPT, Self::REDEMPTION].map(|path| format!("{session}{path}"));
        [self.login.clone(), self.logout.clone()].into_iter().chain(below).collect()
    }
}
