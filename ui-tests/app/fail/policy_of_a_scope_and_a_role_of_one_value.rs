azure_auth::app! {
    policies: { Reader = scope("Files.Read") || application_role("Files.Read") },
}

fn main() {}
