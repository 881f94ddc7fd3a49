use azure_auth::Principal;

azure_auth::app! { scopes: { FilesRead("Files.Read") } }

fn may_read(principal: &Principal) -> bool {
    principal.has_role(FilesRead).is_yes()
}

fn main() {}
