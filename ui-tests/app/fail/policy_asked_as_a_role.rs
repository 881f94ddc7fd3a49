use azure_auth::Principal;

azure_auth::app! {
    roles: { Writer },
    policies: { Editor = role(Writer) || role("Owner") },
}

fn may_edit(principal: &Principal) -> bool {
    principal.has_role(Editor).is_yes() && principal.satisfies::<Writer>().is_yes()
}

fn main() {}
