azure_auth::app! {
    scopes: { FilesRead("Files\"Read") },
}

fn main() {}
