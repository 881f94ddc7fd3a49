use azure_auth::Principal;

fn page(principal: &Principal) -> &'static str {
    if principal.has_role("Admin") { "everything" } else { "little" }
}

fn main() {}
