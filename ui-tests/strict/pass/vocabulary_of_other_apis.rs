#![no_implicit_prelude]
use ::azure_auth;

::std::include!("../../../azure-auth-macros/tests/expansions/vocabulary_of_other_apis.rs");

fn main() {
    let _ = (orders::OrdersRead, orders::Resource, graph_new::BooksRead, graph_new::MailRead);
}
