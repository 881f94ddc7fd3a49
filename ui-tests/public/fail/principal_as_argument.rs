use azure_auth::Principal;
use poem::handler;

#[azure_auth::public]
#[handler]
fn home(caller: Principal) -> String {
    format!("{caller:?}")
}

fn main() {}
