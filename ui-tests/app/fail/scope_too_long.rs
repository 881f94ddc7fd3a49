azure_auth::app! {
    scopes: { FilesRead("Files.Files.Files.Files.Files.Files.Files.Files.Files.Files.Files.Files.Files.Files.Files.Files.Files.Files.Files.Files.R") },
}

fn main() {}
