use azure_auth::Principal;

azure_auth::app! { roles: { Admin } }

fn is_boss(principal: &Principal) -> bool {
    principal.has_group(Admin).is_yes()
}

fn main() {}
