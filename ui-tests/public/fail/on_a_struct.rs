#[azure_auth::public]
struct Files;

fn main() {}
