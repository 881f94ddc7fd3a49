#![no_implicit_prelude]
use ::azure_auth;

::std::include!("../../../azure-auth-macros/tests/expansions/vocabulary_of_policies.rs");

fn main() {
    let _ = (Admin, Writer, Editor, Reviewer);
}
