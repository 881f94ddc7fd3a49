azure_auth::app! {
    roles: { Admin, Writer },
    policies: { Editor = role(Writer) || role(Admin), Reviewer = Editor && !group("11111111-aaaa-4bbb-8ccc-222222222222") },
}
