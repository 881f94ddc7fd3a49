azure_auth::app! {
    roles: { Admin },
    scopes: { FilesRead("Files.Read") },
    roles: { Writer },
}

fn main() {}
