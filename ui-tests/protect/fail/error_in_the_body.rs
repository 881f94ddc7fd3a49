use poem::handler;

#[azure_auth::protect]
#[handler]
fn files() -> String {
    7
}

fn main() {}
