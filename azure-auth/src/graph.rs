//! Permissions of Microsoft Graph, for [`Token`](crate::Token) and for `downstream` of [`protect`](macro@crate::protect).
//!
//! Each item stands for a permission, with its name in `CamelCase`: [`MailRead`] for `Mail.Read`. Its documentation says who must
//! agree to it. The list is the one that was published in August 2026; a permission that is newer is declared in
//! [`app!`](crate::app), under the address of Microsoft Graph:
//!
//! ```
//! azure_auth::app! {
//!     downstream: {
//!         graph_beta("https://graph.microsoft.com") { BooksRead("Books.Read") = "Read the person's books" },
//!     },
//! }
//! use azure_auth::{Token, graph};
//! use poem::handler;
//!
//! #[azure_auth::protect]
//! #[handler]
//! fn shelf(_: Token<(graph::UserRead, graph_beta::BooksRead)>) -> &'static str {
//!     "a shelf"
//! }
//! ```

use crate::model::downstream::permission::{Consent, Permission, ResourceName};
use crate::model::policies::delegated::{
    ApplicationPermission, DelegatedPermission, PublishedPermission, ResourceItem,
};
use azure_auth_policy::Guid;

/// Microsoft Graph itself, for [`ApplicationToken`](crate::ApplicationToken).
pub struct Resource;

impl ResourceItem for Resource {
    const NAME: ResourceName = ResourceName::Graph;
}

azure_auth_macros::graph_permissions!();
