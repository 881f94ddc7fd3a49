//! Lines for people who read what is printed.

use std::collections::BTreeMap;

use azure_auth_policy::Guid;

use crate::model::registration::application::{ApplicationObject, Registration, SignInAudience};

/// What an id of a permission is called, of the program's own and of those it needs.
pub(crate) fn permission_names(registration: &Registration) -> BTreeMap<Guid, &str> {
    let own = registration.application.api.scopes.iter().map(|scope| (scope.id, scope.value.as_str()));
    own.chain(required_permissions(registration)).collect()
}

/// What JSON has no place for: the names of the permissions that a program needs of others.
pub(crate) fn permission_list(registration: &Registration) -> String {
    let lines = required_permissions(registration).map(|(id, name)| format!("{id} is {}", one_line(name)));
    lines.map(|line| comment("#", &line)).collect()
}

/// Whether an administrator can agree to what the program needs of others, for everybody. Of personal accounts there is
/// none.
pub(crate) fn needs_consent(object: &ApplicationObject) -> bool {
    !object.required_resource_access.is_empty() && object.sign_in_audience != SignInAudience::PersonalAccounts
}

/// The step that no file takes for an administrator.
pub(crate) fn consent(mark: &str, object: &ApplicationObject) -> String {
    let text = "Left, for an administrator: az ad app permission admin-consent --id <client id>";
    if needs_consent(object) { comment(mark, text) } else { String::new() }
}

fn required_permissions(registration: &Registration) -> impl Iterator<Item = (Guid, &str)> {
    let resources = registration.application.required_resource_access.iter();
    let permissions = resources.flat_map(|resource| &resource.resource_access);
    permissions.map(|permission| (permission.id, permission.name.as_str()))
}

/// The beginning of a file: what it is, and what the declarations need that it does not say.
pub(crate) fn head(mark: &str, registration: &Registration, texts: &[&str]) -> String {
    let open_points = registration.open_points.iter().map(|point| format!("Open: {point}"));
    let title = format!("The app registration of {}.", one_line(&registration.application.display_name));
    let texts = [title].into_iter().chain(texts.iter().map(|text| (*text).to_owned())).chain(open_points);
    texts.map(|text| comment(mark, &text)).collect()
}

/// A comment for each line of a text.
pub(crate) fn comment(mark: &str, text: &str) -> String {
    let lines = text.split(ends_line).map(str::trim).filter(|line| !line.is_empty());
    lines.flat_map(|line| [mark, " ", line, "\n"]).collect()
}

/// A text for the end of a line.
pub(crate) fn one_line(text: &str) -> String {
    text.split(ends_line).map(str::trim).filter(|line| !line.is_empty()).collect::<Vec<_>>().join(" ")
}

/// In any language. A comment must not end where its text does not.
fn ends_line(character: char) -> bool {
    character.is_control() || matches!(character, '\u{2028}' | '\u{2029}')
}
