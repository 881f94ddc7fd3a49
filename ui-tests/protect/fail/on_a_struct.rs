#[azure_auth::protect]
struct Files;

fn main() {}
