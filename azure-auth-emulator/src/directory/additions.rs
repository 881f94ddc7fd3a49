//! What an application needs beside the default directory: its own scopes, roles and groups, and who has them.

use std::net::SocketAddr;

use super::application::ApplicationPermission;
use super::resources::resource::Resource;
use super::seed::Directory;
use super::user::User;
use crate::faults::start_error::StartError;

/// Added to the default application and the first tenant when the emulator starts.
#[derive(Clone, Debug, Default)]
pub(crate) struct Additions {
    pub(crate) scopes: Vec<String>,
    pub(crate) users: Vec<User>,
    /// Id and name.
    pub(crate) groups: Vec<(String, String)>,
    /// Person and role.
    pub(crate) assigned: Vec<(String, String)>,
    /// Person and id of the group.
    pub(crate) members: Vec<(String, String)>,
    /// Application and role.
    pub(crate) granted: Vec<(String, String)>,
    /// Where the application is going to be served.
    pub(crate) served_at: Option<SocketAddr>,
}

impl Additions {
    /// Adds everything. What is there already stays as it is.
    pub(crate) fn apply(self, directory: &mut Directory) -> Result<(), StartError> {
        if let Some(tenant) = directory.tenants.first_mut() {
            tenant.users.extend(self.users);
            for (id, name) in self.groups {
                tenant.name_group(id, name);
            }
        }
        for (person, role) in self.assigned {
            add(&mut user(directory, &person)?.roles, &role);
            directory.applications.iter_mut().take(1).for_each(|default| add(&mut default.app_roles, &role));
        }
        for (person, group) in self.members {
            add(&mut user(directory, &person)?.groups, &group);
        }
        for (client, role) in self.granted {
            grant(directory, &client, role)?;
        }
        if let Some(default) = directory.applications.first_mut() {
            self.scopes.iter().for_each(|scope| add(&mut default.scopes, scope));
            if let Some(address) = self.served_at {
                default.register_served(address);
            }
        }
        Ok(())
    }
}

fn add(to: &mut Vec<String>, one: &str) {
    if !to.iter().any(|known| known == one) {
        to.push(one.to_owned());
    }
}

fn user<'d>(directory: &'d mut Directory, name: &str) -> Result<&'d mut User, StartError> {
    let known: Vec<String> = directory.users().map(|user| user.user_name().to_owned()).collect();
    let mut users = directory.tenants.iter_mut().flat_map(|tenant| &mut tenant.users);
    let found = users.find(|user| user.is_called(name));
    found.ok_or_else(|| StartError::UnknownUser { found: name.to_owned(), known })
}

fn grant(directory: &mut Directory, client: &str, role: String) -> Result<(), StartError> {
    let Some(default) = directory.applications.first_mut() else { return Ok(()) };
    add(&mut default.app_roles_for_applications, &role);
    let default = default.clone();
    let known: Vec<String> = directory.applications.iter().map(|application| application.name.clone()).collect();
    let mut applications = directory.applications.iter_mut();
    let found = applications.find(|application| application.name == client || application.client_id == client);
    let found = found.ok_or_else(|| StartError::UnknownApplication { found: client.to_owned(), known })?;
    if !found.roles_on(Resource::Api(&default)).contains(&role) {
        found.permissions.push(ApplicationPermission { resource: default.uri(), role });
    }
    Ok(())
}
