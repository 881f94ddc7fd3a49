use poem::handler;

#[azure_auth::protect(downstream = "https://graph.microsoft.com/Teamwork.Migrate.All")]
#[handler]
fn mail() -> &'static str {
    "mail"
}

fn main() {}
