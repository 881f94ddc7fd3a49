//! One address under which an application is used.

use crate::model::origin::Origin;
use crate::rules::cookies::CookieNames;

/// The address, and the names of the application's cookies there.
#[derive(Debug)]
pub(crate) struct Site {
    pub(crate) host: String,
    pub(crate) origin: Origin,
    pub(crate) names: CookieNames,
}

impl Site {
    pub(crate) fn new(client_id: &str, origin: Origin) -> Self {
        let host = origin.as_str().split_once("://").map_or("", |(_, host)| host).to_owned();
        Self { host, names: CookieNames::new(client_id, &origin), origin }
    }
}
