azure_auth::app! {
    scopes: { FilesRead("api://contoso/Files.Read") },
}

fn main() {}
