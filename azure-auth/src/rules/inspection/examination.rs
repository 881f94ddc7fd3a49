//! Everything that the doctor looked at, for people to read and for programs.

use std::fmt;

use serde_json::{Value, json};

use super::finding::{Finding, Severity};

/// One subject, with what is so and what is wrong with it.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub(crate) struct Check {
    pub(crate) name: &'static str,
    /// What it was found to be, by name.
    pub(crate) facts: Vec<(&'static str, String)>,
    pub(crate) findings: Vec<Finding>,
}

/// All of them, in the order in which one needs the other.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub(crate) struct Examination {
    pub(crate) checks: Vec<Check>,
}

/// What it comes to.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Outcome {
    Sound,
    Problem,
    /// Nothing is known to be wrong, and something is not known.
    Unknown,
}

impl Check {
    pub(crate) fn new(name: &'static str) -> Self {
        Self { name, ..Self::default() }
    }

    pub(crate) fn fact(mut self, name: &'static str, value: impl Into<String>) -> Self {
        self.facts.push((name, value.into()));
        self
    }

    pub(crate) fn finding(mut self, finding: Finding) -> Self {
        self.findings.push(finding);
        self
    }

    pub(crate) fn findings(mut self, findings: impl IntoIterator<Item = Finding>) -> Self {
        self.findings.extend(findings);
        self
    }

    /// One that was left out, because another one has to be right first.
    pub(crate) fn not_made(name: &'static str, reason: &str, remedy: &str) -> Self {
        let finding = Finding::unknown("not-checked").cause(reason).found("nothing, because nobody asked");
        Self::new(name).finding(finding.expected("to be found out").remedy(remedy))
    }

    fn outcome(&self) -> &'static str {
        match self.findings.iter().map(|finding| finding.severity).max() {
            None => "sound",
            Some(severity) => severity.word(),
        }
    }
}

impl Examination {
    pub(crate) fn outcome(&self) -> Outcome {
        match self.all().map(|(_, finding)| finding.severity).max() {
            None | Some(Severity::Notice) => Outcome::Sound,
            Some(Severity::Unknown) => Outcome::Unknown,
            Some(Severity::Problem) => Outcome::Problem,
        }
    }

    /// `outcome`; `checks` with `name`, `outcome` and `facts`; `findings` with `check`, `name`, `severity`, `cause`, `found`,
    /// `expected` and `remedy`, and `place` where there are several.
    pub(crate) fn to_json(&self) -> String {
        let check = |check: &Check| {
            let facts: Vec<Value> =
                check.facts.iter().map(|(name, value)| json!({"name": name, "value": value})).collect();
            json!({"name": check.name, "outcome": check.outcome(), "facts": facts})
        };
        let checks: Vec<Value> = self.checks.iter().map(check).collect();
        let findings: Vec<Value> = self.all().map(|(check, finding)| finding.to_json(check.name)).collect();
        format!("{:#}", json!({"outcome": self.outcome().word(), "checks": checks, "findings": findings}))
    }

    fn all(&self) -> impl Iterator<Item = (&Check, &Finding)> {
        self.checks.iter().flat_map(|check| check.findings.iter().map(move |finding| (check, finding)))
    }

    fn count(&self, severity: Severity) -> usize {
        self.all().filter(|(_, finding)| finding.severity == severity).count()
    }
}

impl Outcome {
    pub(crate) fn word(self) -> &'static str {
        match self {
            Self::Sound => "sound",
            Self::Problem => "problem",
            Self::Unknown => "unknown",
        }
    }
}

impl fmt::Display for Examination {
    fn fmt(&self, formatter: &mut fmt::Formatter<'_>) -> fmt::Result {
        for check in &self.checks {
            writeln!(formatter, "{}: {}", check.name, check.outcome())?;
            for (name, value) in &check.facts {
                write_part(formatter, 2, name, value)?;
            }
            for finding in &check.findings {
                writeln!(formatter, "  {}: {}", finding.severity, finding.name)?;
                for (title, text) in finding.parts() {
                    write_part(formatter, 4, title, text)?;
                }
            }
            writeln!(formatter)?;
        }
        let count = |severity, one: &str, many: &str| match self.count(severity) {
            1 => format!("1 {one}"),
            count => format!("{count} {many}"),
        };
        let problems = count(Severity::Problem, "problem", "problems");
        let unknown = count(Severity::Unknown, "unknown", "unknown");
        let notices = count(Severity::Notice, "notice", "notices");
        writeln!(formatter, "{}: {problems}, {unknown}, {notices}", self.outcome().word())
    }
}

/// Lines are no longer than this, unless a single word is.
const WIDTH: usize = 120;

/// Where texts begin behind their titles.
const TITLE_WIDTH: usize = 24;

/// A title and its text, which goes on below itself. What cannot be parted and has no room there begins further left.
pub(super) fn write_part(formatter: &mut fmt::Formatter<'_>, indent: usize, title: &str, text: &str) -> fmt::Result {
    write!(formatter, "{:indent$}{title}", "")?;
    let mut column = indent + title.chars().count();
    let mut gap = TITLE_WIDTH.saturating_sub(column).max(1);
    for word in text.split(' ') {
        let length = word.chars().count();
        if column + gap + length <= WIDTH {
            write!(formatter, "{:gap$}{word}", "")?;
            column += gap + length;
        } else {
            let start = if TITLE_WIDTH + length <= WIDTH { TITLE_WIDTH } else { indent + 2 };
            write!(formatter, "\n{:start$}{word}", "")?;
            column = start + length;
        }
        gap = 1;
    }
    writeln!(formatter)
}

#[cfg(test)]
mod tests {
    use super::*;

    fn examination(findings: &[Severity]) -> Examination {
        let finding = |severity: &Severity| Finding { severity: *severity, ..Finding::problem("something") };
        Examination { checks: vec![Check::new("first"), Check::new("second").findings(findings.iter().map(finding))] }
    }

    #[test]
    fn what_is_unknown_is_neither_sound_nor_a_problem() {
        use Severity::{Notice, Problem, Unknown};
        for (findings, expected) in [
            (&[][..], Outcome::Sound),
            (&[Notice], Outcome::Sound),
            (&[Notice, Unknown], Outcome::Unknown),
            (&[Problem, Unknown], Outcome::Problem),
            (&[Problem, Notice], Outcome::Problem),
        ] {
            assert_eq!(examination(findings).outcome(), expected, "{findings:?}");
        }
    }

    #[test]
    fn text_says_each_part_on_lines_that_fit_a_screen() {
        let finding = Finding::problem("secret-expired")
            .cause("secrets are made for two years at most, ".to_owned() + &"and nobody noticed ".repeat(6) + "it")
            .found("AADSTS7000222")
            .expected("a secret that is still valid")
            .remedy("make a new one");
        let checks =
            vec![Check::new("discovery").fact("asked", "https://login.example"), Check::new("secret").finding(finding)];
        assert_eq!(
            Examination { checks }.to_string(),
            "discovery: sound\n\
            \x20 asked                 https://login.example\n\
             \n\
             secret: problem\n\
            \x20 problem: secret-expired\n\
            \x20   cause               secrets are made for two years at most, and nobody noticed and nobody noticed and \
             nobody noticed\n\
            \x20                       and nobody noticed and nobody noticed and nobody noticed it\n\
            \x20   found               AADSTS7000222\n\
            \x20   expected            a secret that is still valid\n\
            \x20   remedy              make a new one\n\
             \n\
             problem: 1 problem, 0 unknown, 0 notices\n"
        );
    }

    #[test]
    fn a_long_address_has_a_line_of_its_own() {
        let address = "https://login.example/".to_owned() + &"a".repeat(90);
        let check = Check::new("discovery").fact("asked", &address).fact("then", format!("at {address} and so on"));
        let text = Examination { checks: vec![check] }.to_string();
        let lines: Vec<&str> = text.lines().collect();
        assert_eq!(lines[1], "  asked");
        assert_eq!(lines[2], format!("    {address}"));
        assert_eq!(lines[3], "  then                  at");
        assert_eq!(lines[4], format!("    {address} and"));
        assert_eq!(lines[5], "                        so on");
    }

    #[test]
    fn json_says_the_same_to_programs() {
        let read: Value = serde_json::from_str(&examination(&[Severity::Problem]).to_json()).unwrap();
        assert_eq!(read["outcome"], "problem");
        assert_eq!(read["checks"][0], json!({"name": "first", "outcome": "sound", "facts": []}));
        assert_eq!(read["checks"][1]["outcome"], "problem");
        assert_eq!(read["findings"][0]["check"], "second");
        assert_eq!(read["findings"][0]["name"], "something");
    }
}
