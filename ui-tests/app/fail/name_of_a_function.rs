azure_auth::app! {
    scopes: { files_read("Files.Read") },
}

fn main() {}
