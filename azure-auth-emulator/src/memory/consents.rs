//! What people agreed to, and administrators for everyone.

use std::sync::Mutex;

use super::lock;
use crate::directory::application::Application;
use crate::directory::resources::resource::Resource;
use crate::directory::resources::scopes::Permissions;
use crate::directory::seed::Directory;
use crate::directory::user::User;
use crate::faults::entra_error::EntraError;

/// Every consent, in the order in which it was given.
#[derive(Debug, Default)]
pub(crate) struct Consents(Mutex<Vec<Consent>>);

/// One permission that one application may use.
#[derive(Clone, Debug, PartialEq, Eq)]
struct Consent {
    tenant: String,
    /// The person's object id; none for everyone.
    person: Option<String>,
    client_id: String,
    api: String,
    permission: String,
}

/// Who asks, and for whom.
#[derive(Clone, Copy)]
pub(crate) struct Asking<'d> {
    pub(crate) directory: &'d Directory,
    pub(crate) client: &'d Application,
    pub(crate) tenant: &'d str,
    pub(crate) user: &'d User,
}

impl Consents {
    /// The permissions of an API that an application may use for a person.
    pub(crate) fn agreed(&self, asking: Asking<'_>, api: Resource<'_>) -> Vec<String> {
        let Asking { directory, client, tenant, user } = asking;
        let mut agreed = directory.consented_permissions(client, api);
        let consents = lock(&self.0);
        let is_meant = |consent: &&Consent| {
            let is_person = consent.person.as_ref().is_none_or(|person| *person == user.id);
            is_person && consent.tenant == tenant && consent.client_id == client.client_id && consent.api == api.id()
        };
        for consent in consents.iter().filter(is_meant) {
            if !agreed.contains(&consent.permission) {
                agreed.push(consent.permission.clone());
            }
        }
        agreed
    }

    /// What was asked for, if all of it was agreed to.
    pub(crate) fn allow<'s>(&self, asking: Asking<'_>, asked: Permissions<'s>) -> Result<Permissions<'s>, EntraError> {
        let agreed = self.agreed(asking, asked.resource);
        asked.allowed_by(&agreed)
    }

    /// Remembers what one person agreed to, or an administrator for everyone in a tenant.
    pub(crate) fn give(&self, tenant: &str, person: Option<&User>, client: &Application, given: &Permissions<'_>) {
        let mut consents = lock(&self.0);
        for permission in &given.values {
            let consent = Consent {
                tenant: tenant.to_owned(),
                person: person.map(|person| person.id.clone()),
                client_id: client.client_id.clone(),
                api: given.resource.id().to_owned(),
                permission: permission.clone(),
            };
            if !consents.contains(&consent) {
                consents.push(consent);
            }
        }
    }

    /// Forgets all that one person agreed to.
    pub(crate) fn withdraw(&self, person: &User) {
        let mut consents = lock(&self.0);
        consents.retain(|consent| consent.person.as_ref() != Some(&person.id));
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::directory::resources::scopes::Scopes;

    #[test]
    fn consent_is_of_one_person_for_one_application_and_permission_in_one_tenant() {
        let directory = Directory::default();
        let consents = Consents::default();
        let [client, other, ..] = directory.applications() else { panic!("two applications") };
        let people: Vec<&User> = directory.users().collect();
        let asking = |client, tenant, user| Asking { directory: &directory, client, tenant, user };
        let mail = Scopes::parse("Mail.Read", &directory).unwrap().first();
        let calendars = Scopes::parse("Calendars.Read", &directory).unwrap().first();
        consents.give("t", Some(people[0]), client, &mail);
        consents.give("t", Some(people[0]), client, &mail);
        consents.give("t", None, client, &calendars);
        for (client, tenant, user, expected) in [
            (client, "t", people[0], &["Mail.Read", "Calendars.Read"][..]),
            (client, "t", people[1], &["Calendars.Read"]),
            (client, "u", people[0], &[]),
            (other, "t", people[0], &[]),
        ] {
            assert_eq!(consents.agreed(asking(client, tenant, user), Resource::GRAPH), expected);
        }
        assert!(consents.agreed(asking(client, "t", people[0]), Resource::Api(client)).is_empty());
        consents.withdraw(people[0]);
        assert_eq!(consents.agreed(asking(client, "t", people[0]), Resource::GRAPH), ["Calendars.Read"]);
    }
}
