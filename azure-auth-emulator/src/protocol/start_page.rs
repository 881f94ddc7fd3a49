//! What the emulator is, and who is who in it.

use std::fmt::Write;

use base64::Engine;
use base64::engine::general_purpose::URL_SAFE_NO_PAD;
use poem::Response;
use poem::http::StatusCode;

use crate::directory::application::Application;
use crate::directory::guid::CONSUMERS;
use crate::directory::tenant::Tenant;
use crate::directory::user::User;
use crate::exchange::pages::{escape, page};
use crate::memory::state::State;
use crate::tokens::groups;

/// `GET /`.
pub(crate) fn answer(state: &State) -> Response {
    let mut body = String::from("<p>Applications under development sign people in here, without a tenant.</p>");
    // Writing to a text cannot fail, here and below.
    let curl = format!("curl -d user=adele@contoso.test -d scope=Files.Read {}/emulator/tokens", state.origin);
    let _ = write!(body, "<p>For APIs, this answers with an access token: <code>{}</code></p>", escape(&curl));
    let defects: Vec<&str> = state.defects().iter().map(|defect| defect.name()).collect();
    let now = if defects.is_empty() { "nothing".to_owned() } else { escape(&defects.join(" ")) };
    let _ = write!(body, "<p><a href=\"/emulator/defects\">Wrong on purpose</a>: {now}</p>");
    for one in &state.directory.tenants {
        body += &describe_tenant(state, one);
    }
    for one in state.directory.applications() {
        body += &describe_application(one);
    }
    page(StatusCode::OK, "Local Entra ID", &body)
}

fn describe_tenant(state: &State, tenant: &Tenant) -> String {
    let name = if tenant.tenant_id() == CONSUMERS { "consumers" } else { tenant.tenant_id() };
    let domain = tenant.domains().first().map_or("", String::as_str);
    let (origin, name, domain) = (escape(&state.origin), escape(name), escape(domain));
    let mut html = format!("<h2>{domain}</h2><p>Issuer: <code>{origin}/{name}/v2.0</code></p><ul>");
    for user in state.directory.users().filter(|user| user.belongs_to(tenant.tenant_id())) {
        let (name, user_name) = (escape(&user.name), escape(&user.user_name));
        let _ = write!(
            html,
            "<li>{name} <span class=\"quiet\">{user_name}{}</span></li>",
            escape(&describe_person(user, tenant))
        );
    }
    for group in &tenant.groups {
        let _ = write!(html, "<li>Group {}: <code>{}</code></li>", escape(&group.name), escape(&group.id));
    }
    html + "</ul>"
}

/// What is special about a person, in the words of the directory.
fn describe_person(user: &User, tenant: &Tenant) -> String {
    let mut about = String::new();
    if user.is_guest_in(tenant.tenant_id()) {
        about += ", guest";
    }
    if user.administers(tenant.tenant_id()) {
        about += ", administrator";
    }
    if !user.roles.is_empty() {
        let _ = write!(about, ", role {}", user.roles.join(", "));
    }
    if groups::are_too_many(&user.groups) {
        let _ = write!(about, ", in {} groups, which are too many for a token", user.groups.len());
    } else {
        let named = tenant.groups.iter().filter(|group| user.groups.contains(&group.id));
        about.extend(named.map(|group| format!(", in {}", group.name)));
    }
    about
}

fn describe_application(application: &Application) -> String {
    let (name, client_id) = (escape(&application.name), escape(&application.client_id));
    let mut html = format!("<h2>{name}</h2><p>Client id: <code>{client_id}</code></p><ul>");
    let logout_url: Vec<_> = application.front_channel_logout_url.iter().cloned().collect();
    let granted: Vec<_> = application.permissions.iter().map(|granted| granted.role.clone()).collect();
    let listed = |is_consented: bool| -> Vec<String> {
        let listed = application.delegated_permissions.iter().filter(|listed| listed.is_consented == is_consented);
        listed.map(|listed| format!("{}/{}", listed.resource, listed.scope)).collect()
    };
    let thumbprints: Vec<_> =
        application.read_certificates().map(|one| URL_SAFE_NO_PAD.encode(one.sha256_thumbprint())).collect();
    let trusted: Vec<_> =
        application.federated_credentials.iter().map(|one| format!("{}#{}", one.issuer, one.subject)).collect();
    for (title, values) in [
        ("Scopes", &application.scopes),
        ("Roles of people", &application.app_roles),
        ("Roles of applications", &application.app_roles_for_applications),
        ("Was granted", &granted),
        ("Asks people for", &listed(false)),
        ("May use for everyone", &listed(true)),
        ("Front-channel logout URL", &logout_url),
        ("Certificates", &thumbprints),
        ("Trusts tokens of", &trusted),
    ] {
        if !values.is_empty() {
            let _ = write!(html, "<li>{title}: <code>{}</code></li>", escape(&values.join(" ")));
        }
    }
    html + "</ul>"
}
