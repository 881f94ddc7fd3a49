use poem::handler;

#[azure_auth::public(reason = everyone)]
#[handler]
fn files() -> &'static str {
    "files"
}

fn main() {}
