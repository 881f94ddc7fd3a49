use azure_auth::{Guid, Principal};

azure_auth::app! {
    roles: { Admin = "Can administer", Writer("Tasks.Write") },
    scopes: { FilesRead("Files.Read") = "Read the files of the person" },
    groups: { Staff("11111111-aaaa-4bbb-8ccc-222222222222") = "Everyone on the payroll" },
}

fn desk(principal: &Principal, name: &String) -> bool {
    let answers = [
        principal.has_role(Admin),
        principal.has_role("Admin"),
        principal.has_role(name),
        principal.has_role(name.clone()),
        principal.has_application_role(Writer),
        principal.has_scope(FilesRead),
        principal.has_scope("Files.Read"),
        principal.has_group(Staff),
        principal.has_group(Guid::from(Staff)),
    ];
    answers.into_iter().any(azure_auth::Answer::is_yes)
}

fn text(text: impl Into<String>) -> String {
    text.into()
}

fn borrowed(text: impl AsRef<str>) -> usize {
    text.as_ref().len()
}

fn main() {
    let texts = [text(Admin), text(Writer), text(FilesRead), text(Staff)];
    let length = borrowed(Admin) + borrowed(Writer) + borrowed(FilesRead);
    println!("{texts:?} {length} {}", desk as fn(&Principal, &String) -> bool as usize);
}
