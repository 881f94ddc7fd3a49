use azure_auth::graph;
use poem::handler;

#[azure_auth::protect(downstream = graph::TeamworkMigrateAll)]
#[handler]
fn mail() -> &'static str {
    "mail"
}

fn main() {}
