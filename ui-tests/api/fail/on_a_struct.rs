#[azure_auth::protect_api]
struct Files;

fn main() {}
