//! How a registration differs from the one that the program needs, as findings.

use super::examination::{Check, Examination};
use super::finding::Finding;
use crate::rules::registration::check::drift::{Drift, DriftKind, Weight};

/// The name of the check.
pub(crate) const CHECK: &str = "registration";

/// Nothing but this.
pub(crate) fn examination(drifts: &[Drift]) -> Examination {
    Examination { checks: vec![check(drifts)] }
}

/// All that was found, which may be nothing.
pub(crate) fn check(drifts: &[Drift]) -> Check {
    Check::new(CHECK).findings(drifts.iter().map(finding))
}

/// Nothing can be said of the registration.
pub(crate) fn unknown(problem: &str) -> Check {
    let finding =
        Finding::unknown("registration-not-known").cause("the registration could not be compared").found(problem);
    let finding = finding
        .expected("an application object of Microsoft Graph")
        .remedy("write `az ad app show --id <client id>` into the file");
    Check::new(CHECK).finding(finding)
}

fn finding(drift: &Drift) -> Finding {
    let Drift { kind, weight, place, found, expected, remedy } = drift;
    let finding = match weight {
        Weight::Notice => Finding::notice(kind.name()),
        Weight::Finding => Finding::problem(kind.name()),
    };
    finding.at(place).cause(cause(*kind)).found(found).expected(expected).remedy(remedy)
}

fn cause(kind: DriftKind) -> &'static str {
    match kind {
        DriftKind::Missing => "the registration is older than what the program asks for, or of another one",
        DriftKind::Superfluous => "the program asked for it once, or somebody expected it to",
        DriftKind::Different => "the registration was changed, or the program was, and the other one was not",
        DriftKind::Expired | DriftKind::ExpiresSoon => "secrets and certificates are made for a time",
    }
}

#[cfg(test)]
mod tests {
    use serde_json::{Value, json};

    use super::*;
    use crate::rules::inspection::examination::Outcome;

    fn drift(weight: Weight) -> Drift {
        Drift {
            kind: DriftKind::Missing,
            weight,
            place: "/api/oauth2PermissionScopes/Tasks.Read".to_owned(),
            found: "nothing".to_owned(),
            expected: "Tasks.Read".to_owned(),
            remedy: "add it".to_owned(),
        }
    }

    #[test]
    fn a_drift_is_a_problem_unless_everything_works_as_it_is() {
        for (drifts, expected) in [
            (vec![], Outcome::Sound),
            (vec![drift(Weight::Notice)], Outcome::Sound),
            (vec![drift(Weight::Notice), drift(Weight::Finding)], Outcome::Problem),
        ] {
            assert_eq!(examination(&drifts).outcome(), expected);
        }
    }

    #[test]
    fn people_and_programs_are_told_the_place() {
        let examination = examination(&[drift(Weight::Finding)]);
        assert_eq!(
            examination.to_string(),
            "registration: problem\n\
            \x20 problem: missing\n\
            \x20   place               /api/oauth2PermissionScopes/Tasks.Read\n\
            \x20   cause               the registration is older than what the program asks for, or of another one\n\
            \x20   found               nothing\n\
            \x20   expected            Tasks.Read\n\
            \x20   remedy              add it\n\
             \n\
             problem: 1 problem, 0 unknown, 0 notices\n"
        );
        let read: Value = serde_json::from_str(&examination.to_json()).unwrap();
        assert_eq!(read["findings"][0]["place"], "/api/oauth2PermissionScopes/Tasks.Read");
        assert_eq!(read["findings"][0]["check"], json!(CHECK));
    }
}
