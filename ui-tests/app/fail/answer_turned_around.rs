use azure_auth::Principal;

fn is_no_trainee(principal: &Principal) -> bool {
    !principal.has_role("Trainee")
}

fn main() {}
