//! What a program needs of other APIs, as registrations list it: by ids.

use azure_auth_policy::Guid;

use super::Undetermined;
use crate::model::downstream::need::Need;
use crate::model::downstream::permission::{DEFAULT, PUBLIC_GRAPH, ResourceName};
use crate::model::registration::application::{PermissionKind, RequiredPermission, RequiredResource};
use crate::rules::registration::found::FoundApplication;
use crate::rules::registration::program::Program;

/// Microsoft Graph, in every cloud.
const GRAPH: Guid = Guid::from_u128(0x0000_0003_0000_0000_c000_0000_0000_0000);

/// Its delegated permissions for sign-in, in the order in which they are listed.
const OF_SIGN_IN: [(&str, Guid); 4] = [
    ("openid", Guid::from_u128(0x37f7_f235_527c_4136_accd_4a02_d197_296e)),
    ("profile", Guid::from_u128(0x14da_d69e_099b_42c9_810b_d002_981f_eec1)),
    ("email", Guid::from_u128(0x64a6_cdd6_aab1_4aaf_94b8_3cc8_405e_90d0)),
    (OFFLINE_ACCESS, Guid::from_u128(0x7427_e0e9_2fba_42fe_b0c0_848c_9e6a_8182)),
];

const OFFLINE_ACCESS: &str = "offline_access";

/// In the standard, and not at Entra ID.
const NOT_OFFERED: [&str; 2] = ["address", "phone"];

/// With which people are asked for their own groups.
const USER_READ: (&str, Guid) = ("User.Read", Guid::from_u128(0xe1fe_6dd8_ba31_4d61_89e7_8863_9da4_683d));

/// A permission of people that is needed.
#[derive(Clone, Debug, PartialEq, Eq, PartialOrd, Ord)]
struct Wanted<'p> {
    api: Api<'p>,
    name: &'p str,
    id: Option<Guid>,
}

#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
enum Api<'p> {
    Graph,
    Uri(&'p str),
}

/// What is found out on the way.
struct Findings<'o> {
    undetermined: Vec<Undetermined>,
    open_points: &'o mut Vec<String>,
}

/// The permissions whose ids are known, by API; and of the others what is known.
pub(super) fn required(
    program: &Program<'_>,
    open_points: &mut Vec<String>,
) -> (Vec<RequiredResource>, Vec<Undetermined>) {
    let mut findings = Findings { undetermined: Vec::new(), open_points };
    let wanted = wanted(program);
    let (of_graph, of_others): (Vec<_>, Vec<_>) = wanted.into_iter().partition(|wanted| wanted.api == Api::Graph);
    let mut resources = vec![graph(&of_graph, &mut findings)];
    for of_one in of_others.chunk_by(|one, other| one.api == other.api) {
        resources.extend(other(program, of_one, &mut findings));
    }
    for need in program.needs {
        if let Need::Application(resource) = need {
            as_itself(program, *resource, &mut findings);
        }
    }
    resources.retain(|resource| !resource.resource_access.is_empty());
    (resources, findings.undetermined)
}

/// Sorted, each once.
fn wanted<'p>(program: &Program<'p>) -> Vec<Wanted<'p>> {
    let mut all: Vec<Wanted<'p>> = Vec::new();
    let permissions = program.needs.iter().flat_map(Need::permissions);
    all.extend(permissions.map(|permission| {
        let api = match permission.resource {
            ResourceName::Graph => Api::Graph,
            ResourceName::Uri(uri) => Api::Uri(uri),
        };
        Wanted { api, name: permission.name, id: permission.id }
    }));
    if program.asks_graph_for_groups && !program.named_groups().is_empty() {
        all.push(Wanted { api: Api::Graph, name: USER_READ.0, id: Some(USER_READ.1) });
    }
    let acts_for_people = !all.is_empty();
    if program.signs_in() {
        let always = [OF_SIGN_IN[0].0, OF_SIGN_IN[1].0];
        let asked = program.sign_in_scopes.iter().copied().filter(|scope| !NOT_OFFERED.contains(scope));
        all.extend(always.into_iter().chain(asked).map(of_sign_in));
    }
    if acts_for_people {
        all.push(of_sign_in(OFFLINE_ACCESS));
    }
    // Of two with one name the one with an id counts.
    all.sort_by_key(|wanted| (wanted.api, wanted.name, wanted.id.is_none()));
    all.dedup_by(|later, first| (later.api, later.name) == (first.api, first.name));
    all
}

/// A scope as sign-ins ask for it: without an API in front it is Microsoft Graph's.
fn of_sign_in(scope: &str) -> Wanted<'_> {
    let (api, name) = match scope.rsplit_once('/') {
        Some((api, name)) if !is_graph(api) => (Api::Uri(api), name),
        Some((_, name)) => (Api::Graph, name),
        None => (Api::Graph, scope),
    };
    let known = OF_SIGN_IN.iter().chain([&USER_READ]).find(|(known, _)| *known == name);
    Wanted { api, name, id: known.filter(|_| api == Api::Graph).map(|(_, id)| *id) }
}

fn is_graph(api: &str) -> bool {
    api == PUBLIC_GRAPH || api.starts_with("https://graph.microsoft.") || api.contains("-graph.microsoft.")
}

/// Those of sign-in first, then by name.
fn graph(wanted: &[Wanted<'_>], findings: &mut Findings<'_>) -> RequiredResource {
    let place = |name: &str| OF_SIGN_IN.iter().position(|(known, _)| *known == name).unwrap_or(OF_SIGN_IN.len());
    let mut access: Vec<RequiredPermission> = Vec::new();
    for Wanted { name, id, .. } in wanted {
        match id {
            Some(id) => access.push(scope(*id, name)),
            None if *name == DEFAULT => findings.default("Microsoft Graph", Some(GRAPH)),
            None => findings.not_known(
                Some(GRAPH),
                format!(
                    "`{name}` of Microsoft Graph is newer than the published list that is known here, and so is its id; add it \
                     under \"API permissions\" of the registration"
                ),
            ),
        }
    }
    access.sort_by_key(|permission| place(&permission.name));
    RequiredResource { resource_app_id: GRAPH, resource_access: access }
}

/// The permissions of another API, whose ids are in its own registration only.
fn other(program: &Program<'_>, wanted: &[Wanted<'_>], findings: &mut Findings<'_>) -> Option<RequiredResource> {
    let Wanted { api: Api::Uri(uri), .. } = wanted.first()? else { return None };
    let registered = registered(program, uri);
    let api = registered.and_then(|registered| registered.app_id).or_else(|| id_in(uri));
    let mut access: Vec<RequiredPermission> = Vec::new();
    let mut without_registration: Vec<String> = Vec::new();
    for Wanted { name, .. } in wanted {
        let id = registered.and_then(|registered| registered.scope(name)).and_then(|known| known.id);
        match (id, registered) {
            _ if *name == DEFAULT => findings.default(uri, api),
            (Some(id), _) => access.push(scope(id, name)),
            (None, None) => without_registration.push(match program.permission_description(uri, name) {
                Some(description) => format!("`{name}` ({description})"),
                None => format!("`{name}`"),
            }),
            (None, Some(_)) => findings.not_known(
                api,
                format!("the registration of {uri} exposes no scope `{name}`; expose it there, or correct the name"),
            ),
        }
    }
    if !without_registration.is_empty() {
        let names = without_registration.join(", ");
        findings.not_known(
            api,
            format!(
                "the ids of {names} of {uri} are in the registration of that API only; give it with \
                 `--auth-registration-beside=<file>`, or add the permissions under \"API permissions\""
            ),
        );
    }
    api.map(|api| RequiredResource { resource_app_id: api, resource_access: access })
}

/// Which permissions the program's own token is used for is not declared.
fn as_itself(program: &Program<'_>, resource: ResourceName, findings: &mut Findings<'_>) {
    let (name, api) = match resource {
        ResourceName::Graph => ("Microsoft Graph", Some(GRAPH)),
        ResourceName::Uri(uri) => {
            (uri, registered(program, uri).and_then(|registered| registered.app_id).or_else(|| id_in(uri)))
        }
    };
    findings.undetermined.push(Undetermined { api, kind: PermissionKind::Role });
    findings.open_points.push(format!(
        "the program calls {name} as itself, and its application permissions there are not declared; add them under \"API \
         permissions\", and let an administrator agree to them"
    ));
}

/// The registration of an API, if it was given.
fn registered<'p>(program: &Program<'p>, uri: &str) -> Option<&'p FoundApplication> {
    let is_meant = |other: &&FoundApplication| {
        other.identifier_uris.iter().any(|own| own.trim_end_matches('/') == uri.trim_end_matches('/'))
            || other.app_id.is_some() && other.app_id == id_in(uri)
    };
    program.beside.iter().find(is_meant)
}

/// The client id of an API that is named by it: `api://<client id>`, or the id alone.
fn id_in(uri: &str) -> Option<Guid> {
    uri.strip_prefix("api://").unwrap_or(uri).parse().ok()
}

fn scope(id: Guid, name: &str) -> RequiredPermission {
    RequiredPermission { id, r#type: PermissionKind::Scope, name: name.to_owned() }
}

impl Findings<'_> {
    fn not_known(&mut self, api: Option<Guid>, open_point: String) {
        self.undetermined.push(Undetermined { api, kind: PermissionKind::Scope });
        self.open_points.push(open_point);
    }

    fn default(&mut self, name: &str, api: Option<Guid>) {
        self.not_known(
            api,
            format!(
                "`{DEFAULT}` of {name} is every permission that was agreed to, and names none; add those that are needed under \
                 \"API permissions\" of the registration"
            ),
        );
    }
}
