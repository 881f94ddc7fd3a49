//! All that expanded code may name. It promises nothing between versions: `azure-auth-macros` is tied to this
//! crate by an exact version.

pub use crate::model::declaration::{Declaration, Declared, Via};
pub use crate::web::endpoints::Table;
pub use crate::web::extractor::{AnyExtractor, Extractor};
pub use crate::web::guard::Guarded;
