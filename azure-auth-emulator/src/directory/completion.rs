//! What is written into a directory when the emulator starts, because its registrations could not know it.

use super::guid::is_id;
use super::seed::Directory;

impl Directory {
    /// Writes the names of permissions that registrations list by their ids, where the API is one of this directory.
    pub(crate) fn name_permissions(&mut self) {
        let apis = self.applications.clone();
        let name = |resource: &str, written: &mut String| {
            let api = apis.iter().find(|api| api.is_resource(resource)).filter(|_| is_id(written));
            if let Some(name) = api.and_then(|api| api.permission_of_id(written)) {
                name.clone_into(written);
            }
        };
        for application in &mut self.applications {
            application.permissions.iter_mut().for_each(|granted| name(&granted.resource, &mut granted.role));
            application.delegated_permissions.iter_mut().for_each(|listed| name(&listed.resource, &mut listed.scope));
        }
    }

    /// Writes what is known only once the emulator has an address.
    pub(crate) fn settle(&mut self, origin: &str) {
        let tenant = self.tenants.first().map(|tenant| tenant.id.clone()).unwrap_or_default();
        for application in &mut self.applications {
            application.settle_credentials(origin, &tenant);
        }
    }
}
