use azure_auth::Application;
use poem::handler;

#[azure_auth::public]
#[handler]
fn home(caller: Application) -> String {
    format!("{caller:?}")
}

fn main() {}
