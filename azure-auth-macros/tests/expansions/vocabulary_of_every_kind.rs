azure_auth::app! {
    roles: { Admin, Writer("Tasks.Write") = "Can write tasks" },
    scopes: { FilesRead("Files.Read") },
    groups: { Staff("11111111-aaaa-4bbb-8ccc-222222222222") },
}
