//! The findings of a check: the area, the state, what is wrong and what to do.

use ensilinja_model::{printable, vocabulary};
use ensilinja_report::JsonDocument;

use crate::console::colour::Colour;

vocabulary! {
    /// The area of a finding, in the order of the output.
    Area {
        /// The configuration file.
        Configuration = "configuration",
        /// The web configuration file: TLS and users.
        WebServer = "web server",
        /// Opening hours and holidays.
        Calendar = "calendar",
        /// The brokers and whether they answer.
        Brokers = "brokers",
        /// The settings of the topics.
        Topics = "topics",
        /// The permissions of this user.
        Permissions = "permissions",
        /// The latest records.
        Records = "records",
    }
}

vocabulary! {
    /// The state that was found.
    State {
        /// In order.
        Ok = "ok",
        /// It may be intended, but has a drawback.
        Warning = "warning",
        /// It has to be corrected.
        Problem = "problem",
        /// It was not tested.
        NotTried = "not tried",
    }
}

/// One finding.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(super) struct Finding {
    pub(super) area: Area,
    pub(super) state: State,
    /// The subject: a file, a line, a broker, a topic.
    pub(super) about: String,
    /// What was found about it.
    pub(super) what: String,
    /// What to do, if anything.
    pub(super) advice: Option<String>,
}

impl Finding {
    pub(super) fn ok(area: Area, about: &str, what: impl Into<String>) -> Self {
        Self { area, state: State::Ok, about: about.to_owned(), what: what.into(), advice: None }
    }

    pub(super) fn not_tried(area: Area, about: &str, what: impl Into<String>) -> Self {
        Self { state: State::NotTried, ..Self::ok(area, about, what) }
    }

    pub(super) fn warning(area: Area, about: &str, what: impl Into<String>, advice: impl Into<String>) -> Self {
        Self { state: State::Warning, advice: Some(advice.into()), ..Self::ok(area, about, what) }
    }

    pub(super) fn problem(area: Area, about: &str, what: impl Into<String>, advice: impl Into<String>) -> Self {
        Self { state: State::Problem, ..Self::warning(area, about, what, advice) }
    }
}

/// All findings.
#[derive(Clone, Debug, Default)]
pub(in crate::commands) struct Findings(Vec<Finding>);

impl Findings {
    pub(super) fn push(&mut self, finding: Finding) {
        self.0.push(finding);
    }

    pub(super) fn has_problems(&self) -> bool {
        self.count(State::Problem) > 0
    }

    fn count(&self, state: State) -> usize {
        self.0.iter().filter(|finding| finding.state == state).count()
    }

    fn of(&self, area: Area) -> impl Iterator<Item = &Finding> {
        self.0.iter().filter(move |finding| finding.area == area)
    }

    /// As text: by area, each finding with its advice below it, and a summary.
    pub(in crate::commands) fn text(&self, width: usize, coloured: bool) -> String {
        let mut text = String::new();
        for area in Area::ALL.iter().filter(|area| self.of(**area).next().is_some()) {
            text.push_str(&Colour::Heading.paint(area.as_str(), coloured));
            text.push('\n');
            for finding in self.of(*area) {
                finding.push_to(&mut text, width, coloured);
            }
            text.push('\n');
        }
        let counts = State::ALL.iter().map(|state| counted(self.count(*state), *state));
        text.push_str(&counts.collect::<Vec<_>>().join(", "));
        text.push('\n');
        text
    }

    /// As JSON.
    pub(super) fn document(&self) -> JsonDocument {
        let counts = State::ALL.iter().map(|state| (json_name(*state), (self.count(*state) as u64).into()));
        let finding = |finding: &Finding| {
            JsonDocument::object([
                ("area", finding.area.as_str().into()),
                ("state", json_name(finding.state).into()),
                ("about", finding.about.as_str().into()),
                ("what", finding.what.as_str().into()),
                ("advice", finding.advice.clone().into()),
            ])
        };
        JsonDocument::object([
            ("schema", "ensilinja.check/1".into()),
            ("counts", JsonDocument::object(counts)),
            ("findings", JsonDocument::list(self.0.iter().map(finding))),
        ])
    }
}

/// The number of findings in a state, in words.
fn counted(count: usize, state: State) -> String {
    let plural = if count != 1 && matches!(state, State::Warning | State::Problem) { "s" } else { "" };
    format!("{count} {}{plural}", state.as_str())
}

/// The name of a state in JSON.
const fn json_name(state: State) -> &'static str {
    match state {
        State::NotTried => "not_tried",
        _ => state.as_str(),
    }
}

/// The indent of the text of a finding: two spaces, the longest state, two spaces.
const INDENT: usize = 13;

impl Finding {
    fn push_to(&self, text: &mut String, width: usize, coloured: bool) {
        let colour = match self.state {
            State::Ok => Colour::Good,
            State::Warning => Colour::Doubtful,
            State::Problem => Colour::Bad,
            State::NotTried => Colour::Faint,
        };
        let name = self.state.as_str();
        let gap = " ".repeat(INDENT - 2 - name.len());
        text.extend(["  ", &colour.paint(name, coloured), &gap]);
        push_wrapped(text, &printable(&format!("{}: {}", self.about, self.what)), width);
        if let Some(advice) = &self.advice {
            text.push_str(&" ".repeat(INDENT));
            push_wrapped(text, &printable(&format!("-> {advice}")), width);
        }
    }
}

/// Wraps words to lines of this width, with an indent on all but the first; a longer word has a line of its own.
fn push_wrapped(text: &mut String, words: &str, width: usize) {
    let mut column = INDENT;
    for (place, word) in words.split(' ').enumerate() {
        let length = word.chars().count();
        if place > 0 && column + 1 + length > width {
            text.push('\n');
            text.push_str(&" ".repeat(INDENT));
            column = INDENT;
        } else if place > 0 {
            text.push(' ');
            column += 1;
        }
        text.push_str(word);
        column += length;
    }
    text.push('\n');
}

#[cfg(test)]
mod tests {
    use super::*;

    fn findings() -> Findings {
        let mut findings = Findings::default();
        findings.push(Finding::ok(Area::Configuration, "a.toml", "22 lines"));
        findings.push(Finding::problem(
            Area::Topics,
            "events",
            "is not there at all",
            "make it with the right settings",
        ));
        findings.push(Finding::not_tried(Area::Permissions, "events", "reading"));
        findings
    }

    #[test]
    fn findings_are_listed_by_area_with_advice_and_a_summary() {
        let text = "\
configuration
  ok         a.toml: 22 lines

topics
  problem    events: is not there
             at all
             -> make it with the
             right settings

permissions
  not tried  events: reading

1 ok, 0 warnings, 1 problem, 1 not tried
";
        assert_eq!(findings().text(34, false), text);
        assert!(findings().has_problems());
    }

    #[test]
    fn colours_do_not_change_the_width() {
        let plain = findings().text(34, false);
        let coloured = findings().text(34, true);
        assert!(coloured.contains("\u{1b}["), "{coloured}");
        let mut bare = String::new();
        let mut rest = coloured.as_str();
        while let Some((before, after)) = rest.split_once('\u{1b}') {
            bare.push_str(before);
            rest = after.split_once('m').unwrap().1;
        }
        assert_eq!(bare + rest, plain);
    }

    #[test]
    fn json_has_the_same_findings() {
        let json = findings().document().to_json();
        assert!(json.contains("\"not_tried\": 1") && json.contains("\"state\": \"problem\""), "{json}");
    }
}
