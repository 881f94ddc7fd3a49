//! What the names that a token builder was given mean in the directory.

use super::{CallerName, TokenBuilder};
use crate::directory::application::Application;
use crate::directory::user::User;
use crate::tokens::token_error::TokenError;

impl<'e> TokenBuilder<'e> {
    /// The API that the token is for.
    pub(super) fn resource(&self) -> &'e Application {
        let directory = &self.state.directory;
        let named = self.audience.as_deref().and_then(|audience| directory.resource(audience));
        // An emulator does not start without an application.
        named.unwrap_or(&directory.applications[0])
    }

    /// Who asked for the token.
    pub(super) fn client_application(&self) -> Result<&'e Application, TokenError> {
        let name = match &self.caller {
            Some(CallerName::Application(name)) => Some(name),
            _ => self.client.as_ref(),
        };
        let Some(name) = name else { return Ok(self.resource()) };
        let directory = &self.state.directory;
        directory.application_by_name(name).ok_or_else(|| TokenError::unknown_application(name, directory))
    }

    pub(super) fn user_or_none(&self) -> Result<Option<&'e User>, TokenError> {
        let directory = &self.state.directory;
        match &self.caller {
            Some(CallerName::Application(_)) => Ok(None),
            Some(CallerName::User(name)) => {
                let unknown = || TokenError::unknown_user(name, directory);
                directory.user_by_name(name).map(Some).ok_or_else(unknown)
            }
            None => self.first_person(self.named_tenant()?.unwrap_or(&directory.tenants[0].id)).map(Some),
        }
    }

    pub(super) fn first_person(&self, tenant: &str) -> Result<&'e User, TokenError> {
        let mut users = self.state.directory.users();
        let found = users.find(|user| user.home_tenant() == tenant);
        found.ok_or_else(|| TokenError::TenantWithoutPeople { tenant: tenant.to_owned() })
    }

    pub(super) fn tenant_id(&self) -> Result<&'e str, TokenError> {
        if let Some(tenant) = self.named_tenant()? {
            return Ok(tenant);
        }
        Ok(self.user_or_none()?.map_or(&self.state.directory.tenants[0].id, User::home_tenant))
    }

    pub(super) fn named_tenant(&self) -> Result<Option<&'e str>, TokenError> {
        let Some(name) = &self.tenant else { return Ok(None) };
        let tenants = &self.state.directory.tenants;
        match tenants.iter().find(|tenant| tenant.is_named(name)) {
            Some(tenant) => Ok(Some(tenant.tenant_id())),
            None => Err(TokenError::UnknownTenant {
                found: name.clone(),
                known: tenants.iter().filter_map(|tenant| tenant.domains().first().cloned()).collect(),
            }),
        }
    }

    pub(super) fn scopes_at(&self, resource: &Application) -> Result<Vec<String>, TokenError> {
        if !self.scopes.is_empty() {
            let unknown = |found: &String| TokenError::UnknownScope {
                found: found.clone(),
                application: resource.clone().into(),
            };
            let registered = |scope: &String| resource.registered_scope(scope).map(ToOwned::to_owned);
            return self.scopes.iter().map(|scope| registered(scope).ok_or_else(|| unknown(scope))).collect();
        }
        let first = resource.scopes.first().cloned();
        first.map(|scope| vec![scope]).ok_or_else(|| TokenError::NoScope { application: resource.name.clone() })
    }

    pub(super) fn roles_at(
        &self,
        resource: &Application,
        of_directory: impl FnOnce() -> Vec<String>,
    ) -> Result<Vec<String>, TokenError> {
        if self.roles.is_empty() {
            return Ok(of_directory());
        }
        let is_application = matches!(self.caller, Some(CallerName::Application(_)));
        let known = self.state.directory.known_roles(resource, is_application);
        match self.roles.iter().find(|role| !known.contains(&role.as_str())) {
            None => Ok(self.roles.clone()),
            Some(found) => Err(TokenError::UnknownRole {
                found: found.clone(),
                application: resource.name.clone(),
                callers: if is_application { "applications" } else { "people" },
                known: known.into_iter().map(ToOwned::to_owned).collect(),
            }),
        }
    }
}
