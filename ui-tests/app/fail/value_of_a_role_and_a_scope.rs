azure_auth::app! {
    roles: { Reader("Files.Read") },
    scopes: { FilesRead("Files.Read") },
}

fn main() {}
