//! Sessions of the emulator: one person, one browser, any number of applications.

use super::clock::now;
use super::front_channel::FrontChannelRequest;
use super::random::random_text;
use crate::directory::guid::invented_id;

/// A person at a browser, from picking the account until signing out.
#[derive(Clone, Debug)]
pub(crate) struct Session {
    /// The value of the emulator's own cookie. It is not `sid`, which every application learns.
    pub(crate) cookie: String,
    /// `sid` in the tokens of all applications that are signed in to here.
    pub(crate) sid: String,
    pub(crate) user_name: String,
    /// When the person signed in, in seconds since 1970.
    pub(crate) began: u64,
    /// What tells those applications that it is over, as far as they want to know.
    pub(crate) front_channel: Vec<FrontChannelRequest>,
}

impl Session {
    pub(crate) fn new(user_name: &str) -> Self {
        Self {
            cookie: random_text(),
            sid: invented_id(&random_text()),
            user_name: user_name.to_owned(),
            began: now(),
            front_channel: Vec::new(),
        }
    }

    /// An application that was signed in to before is told once.
    pub(crate) fn remember_to_tell(&mut self, request: FrontChannelRequest) {
        if !self.front_channel.contains(&request) {
            self.front_channel.push(request);
        }
    }
}
