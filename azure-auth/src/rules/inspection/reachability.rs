//! Rows of a table that nobody can reach, as the program is configured.

use azure_auth_policy::{Guid, Requirement, RowAccess};

use super::examination::Check;
use super::finding::Finding;
use crate::model::policies::row::Row;
use crate::model::settings::tenants::AcceptedTenants;
use crate::rules::policy::caller_space::{CallerKind, Questions};
use crate::rules::policy::requirement_words::words;

/// Who can come at all.
#[derive(Clone, Debug)]
pub(crate) struct Circumstances {
    /// People can sign in.
    pub(crate) signs_in: bool,
    /// Access tokens of the provider are accepted.
    pub(crate) takes_tokens: bool,
    /// The provider has tenants.
    pub(crate) has_tenants: bool,
    pub(crate) tenants: AcceptedTenants,
    /// The one tenant of the authority, where it is known.
    pub(crate) authority_tenant: Option<Guid>,
}

/// `problems`: what keeps the table from being served.
pub(crate) fn judge(rows: &[Row], problems: &[String], circumstances: &Circumstances) -> Check {
    let count = rows.len();
    let open = rows.iter().filter(|row| matches!(row.access(), RowAccess::Public { .. })).count();
    let not_served = problems.iter().map(|problem| {
        let (found, remedy) = problem.split_once("; ").unwrap_or((problem, "change one of the paths"));
        Finding::problem("table-not-served")
            .cause("two of its paths take the same requests")
            .found(found)
            .expected("a table whose every row is answered")
            .remedy(remedy)
    });
    Check::new("rows")
        .fact("table", format!("{count} rows, {open} of them open to everyone"))
        .findings(not_served)
        .findings(rows.iter().filter_map(|row| judge_row(row, circumstances)))
}

fn judge_row(row: &Row, circumstances: &Circumstances) -> Option<Finding> {
    let access = row.access();
    let requirements = match &access {
        RowAccess::Public { .. } => return None,
        RowAccess::Protected(requirements) => requirements.as_slice(),
    };
    let name = format!("{} {}", row.method(), row.path);
    let found = format!("{name} asks for {}", words(&access));
    let Some(is_reachable) = is_reachable(requirements, circumstances) else {
        let finding =
            Finding::unknown("row-not-judged").cause("it asks for more facts than can be tried in every combination");
        let finding = finding.found(found).expected("somebody who may call it");
        return Some(finding.remedy("try it with a caller who should be admitted"));
    };
    if is_reachable {
        return None;
    }
    let (name, cause, remedy) = why(requirements, circumstances);
    let finding = Finding::problem(name).cause(cause).found(found).expected("somebody who may call it");
    Some(finding.remedy(remedy))
}

/// What would have to be otherwise: the first change that lets somebody in.
fn why(requirements: &[Requirement<'_>], found: &Circumstances) -> (&'static str, &'static str, &'static str) {
    let any_tenant = AcceptedTenants::OfAuthority;
    let changes = [
        (
            Circumstances { signs_in: true, ..found.clone() },
            (
                "row-needs-sign-in",
                "it admits sessions only, and nobody signs in without AZURE_CLIENT_SECRET",
                "set AZURE_CLIENT_SECRET, or let the row admit access tokens",
            ),
        ),
        (
            Circumstances { takes_tokens: true, ..found.clone() },
            (
                "row-needs-tokens",
                "it admits access tokens only, and those of this provider are not accepted: only Microsoft Entra ID's are",
                "let the row admit sessions, or let AZURE_ISSUER_URI name Microsoft Entra ID",
            ),
        ),
        (
            Circumstances { has_tenants: true, tenants: any_tenant.clone(), authority_tenant: None, ..found.clone() },
            if found.has_tenants {
                (
                    "row-of-another-tenant",
                    "it admits tenants whose people and applications do not get in at all",
                    "add the tenant to AZURE_VALID_TENANT_IDS, with an authority that signs it in, or correct the row",
                )
            } else {
                (
                    "row-needs-tenants",
                    "it asks for a tenant, and this provider has none",
                    "remove the tenant from the row, or let AZURE_ISSUER_URI name Microsoft Entra ID",
                )
            },
        ),
        (
            Circumstances {
                signs_in: true,
                takes_tokens: true,
                has_tenants: true,
                tenants: any_tenant,
                authority_tenant: None,
            },
            (
                "row-out-of-reach",
                "it asks for several things that this configuration does not have together: sign-in, access tokens, a tenant",
                "compare what the row asks for with the configuration",
            ),
        ),
    ];
    let helps = |changed: &Circumstances| is_reachable(requirements, changed) == Some(true);
    let first = changes.into_iter().find(|(changed, _)| helps(changed));
    first.map_or(
        (
            "row-contradicts-itself",
            "what it and the guards around it ask for cannot be true of one caller",
            "remove one of the conditions that exclude each other",
        ),
        |(_, why)| why,
    )
}

/// Whether some caller is admitted; None where there are too many to try. A `check` may let everybody pass.
fn is_reachable(requirements: &[Requirement<'_>], circumstances: &Circumstances) -> Option<bool> {
    let questions = Questions::of(requirements);
    if !questions.are_few() {
        return None;
    }
    let named: Vec<Guid> = questions.tenants().flatten().collect();
    let comes = |kind: CallerKind| match kind {
        CallerKind::Session => circumstances.signs_in,
        CallerKind::Client | CallerKind::Application => circumstances.takes_tokens,
    };
    let mut callers = CallerKind::ALL.into_iter().filter(|kind| comes(*kind)).flat_map(|kind| questions.callers(kind));
    Some(callers.any(|caller| {
        circumstances.lets_in(caller.tenant, &named) && caller.is_admitted_at(requirements, circumstances.has_tenants)
    }))
}

impl Circumstances {
    /// Whether somebody of a tenant gets in at all; None stands for one that no row names.
    fn lets_in(&self, tenant: Option<Guid>, named: &[Guid]) -> bool {
        let is_possible = |tenant: Guid| {
            self.tenants.accepts(tenant) && self.authority_tenant.is_none_or(|authority| authority == tenant)
        };
        match (tenant, &self.tenants, self.authority_tenant) {
            (None, ..) if !self.has_tenants => true,
            (Some(_), ..) if !self.has_tenants => false,
            (Some(tenant), ..) => is_possible(tenant),
            (None, _, Some(authority)) => is_possible(authority) && !named.contains(&authority),
            (None, AcceptedTenants::Listed(listed), None) => listed.iter().any(|tenant| !named.contains(tenant)),
            (None, AcceptedTenants::OfAuthority | AcceptedTenants::EveryWorkTenant, None) => true,
        }
    }
}

#[cfg(test)]
mod tests {
    use azure_auth_policy::Arena;

    use super::*;

    const A: Guid = Guid::from_u128(0xa);
    const B: Guid = Guid::from_u128(0xb);

    fn entra() -> Circumstances {
        Circumstances {
            signs_in: true,
            takes_tokens: true,
            has_tenants: true,
            tenants: AcceptedTenants::Listed(vec![A]),
            authority_tenant: Some(A),
        }
    }

    fn plain() -> Circumstances {
        Circumstances {
            takes_tokens: false,
            has_tenants: false,
            tenants: AcceptedTenants::OfAuthority,
            authority_tenant: None,
            ..entra()
        }
    }

    /// The name of what keeps everybody from a row; empty where somebody is admitted.
    fn kept_by(declaration: &str, circumstances: &Circumstances) -> &'static str {
        let written = declaration.replace("A_TENANT", &format!("\"{A}\"")).replace("B_TENANT", &format!("\"{B}\""));
        let arena = Arena::default();
        let access = RowAccess::read(&written, &arena).unwrap();
        let requirements = access.requirements();
        if is_reachable(requirements, circumstances).unwrap() { "" } else { why(requirements, circumstances).0 }
    }

    #[test]
    fn a_row_that_nobody_can_reach_is_told_from_one_that_somebody_can() {
        let api_only = Circumstances { signs_in: false, ..entra() };
        let two = Circumstances { tenants: AcceptedTenants::Listed(vec![A, B]), authority_tenant: None, ..entra() };
        let every = Circumstances { tenants: AcceptedTenants::EveryWorkTenant, authority_tenant: None, ..entra() };
        let plain_api = Circumstances { signs_in: false, ..plain() };
        for (declaration, circumstances, expected) in [
            ("protect", &entra(), ""),
            ("protect", &api_only, ""),
            ("protect", &plain(), ""),
            ("protect", &plain_api, "row-needs-sign-in"),
            ("protect(via = session)", &entra(), ""),
            ("protect(via = session)", &api_only, "row-needs-sign-in"),
            ("protect(via = session, roles = \"R\")", &api_only, "row-needs-sign-in"),
            ("protect(via = bearer)", &entra(), ""),
            ("protect(via = bearer)", &plain(), "row-needs-tokens"),
            ("protect(application_roles = \"J\")", &entra(), ""),
            ("protect(application_roles = \"J\")", &plain(), "row-needs-tokens"),
            ("protect(scopes = \"S\")", &plain(), ""),
            ("protect(roles = \"R\", groups = A_TENANT)", &plain(), ""),
            ("protect(tenants = A_TENANT)", &entra(), ""),
            ("protect(tenants = B_TENANT)", &entra(), "row-of-another-tenant"),
            ("protect(tenants = any(A_TENANT, B_TENANT))", &entra(), ""),
            ("protect(tenants = B_TENANT)", &two, ""),
            ("protect(tenants = B_TENANT)", &every, ""),
            ("protect(tenants = A_TENANT)", &plain(), "row-needs-tenants"),
            ("protect(allow = tenant(B_TENANT) || role(\"R\"))", &entra(), ""),
            ("protect(allow = tenant(B_TENANT) && role(\"R\"))", &entra(), "row-of-another-tenant"),
            ("protect(allow = user() && !tenant(A_TENANT))", &entra(), "row-of-another-tenant"),
            ("protect(allow = user() && !tenant(A_TENANT))", &two, ""),
            ("protect(allow = user() && !tenant(A_TENANT))", &plain(), "row-needs-tenants"),
            ("protect(via = session, tenants = B_TENANT)", &api_only, "row-out-of-reach"),
            ("protect(via = session) and protect(via = bearer)", &entra(), "row-contradicts-itself"),
            ("protect(roles = \"R\") and protect(application_roles = \"J\")", &entra(), "row-contradicts-itself"),
            ("protect(tenants = A_TENANT) and protect(tenants = B_TENANT)", &two, "row-contradicts-itself"),
            ("protect(allow = role(\"R\") && !role(\"R\"))", &entra(), "row-contradicts-itself"),
            ("protect(check = hours)", &entra(), ""),
        ] {
            assert_eq!(kept_by(declaration, circumstances), expected, "{declaration} {circumstances:?}");
        }
    }

    #[test]
    fn a_row_with_too_many_facts_is_not_judged() {
        let roles = (0..15).map(|number| format!("\"R{number}\"")).collect::<Vec<_>>().join(", ");
        let arena = Arena::default();
        let written = format!("protect(roles = any({roles}))");
        let access = RowAccess::read(&written, &arena).unwrap();
        assert_eq!(is_reachable(access.requirements(), &entra()), None);
    }
}
