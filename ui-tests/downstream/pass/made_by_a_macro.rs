use azure_auth::{Token, graph};
use poem::{get, handler};

macro_rules! taking {
    ($name:ident, $permission:path, $token:ty) => {
        #[azure_auth::protect(downstream = $permission)]
        #[handler]
        fn $name(_: $token) -> &'static str {
            "taken"
        }
    };
}

taking!(mail, graph::MailRead, Token<graph::UserRead>);

fn main() {
    drop(azure_auth::endpoints! { "/mail" => get(mail) });
}
