use poem::handler;

#[azure_auth::protect(scopes = "openid \
                                emial")]
#[handler]
fn files() -> &'static str {
    "files"
}

fn main() {}
