//! The differences between two documents of figures of one instant.

use std::collections::BTreeSet;

use ensilinja_catalogue::{FiguresDocument, LineDocument, RunScope};
use serde_json::{Map, Value};

/// Identifies a figure in a document.
#[derive(Clone, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub struct FigureKey {
    /// The id of the line.
    pub line: String,
    /// The window; `None` for a figure of the instant itself.
    pub window: Option<String>,
    /// The member name in the document; `None` if a side lacks the whole window or line.
    pub figure: Option<String>,
    /// Its label values, in the order of the document.
    pub labels: Vec<String>,
}

/// The value of a figure on one side.
#[derive(Clone, Copy, Debug, PartialEq)]
pub enum ComparedValue {
    /// The side does not have the figure.
    Missing,
    /// The number.
    Number(f64),
    /// The side has figures of a window or line that the other side lacks as a whole.
    Figures,
}

/// A figure that differs, or that is on one side only.
#[derive(Clone, Debug, PartialEq)]
pub struct Difference {
    /// The figure.
    pub key: FigureKey,
    /// The value of the one side.
    pub one: ComparedValue,
    /// The value of the other side.
    pub other: ComparedValue,
}

/// The differences between two documents of one instant.
#[derive(Clone, Debug, Default, PartialEq)]
pub struct Differences {
    /// Number of figures compared: those on either side, of lines on both sides.
    pub compared: u64,
    /// The figures that differ, ordered by key.
    pub found: Vec<Difference>,
    /// The lines on the one side only.
    pub lines_of_one: Vec<String>,
    /// The lines on the other side only.
    pub lines_of_other: Vec<String>,
    /// Windows, figures and lines outside the scope of a side, or of one version of the program only.
    pub not_compared: NotCompared,
}

/// What is not compared: windows, figures and lines that the scope of a side excludes, or that its version lacks.
#[derive(Clone, Debug, Default, PartialEq)]
pub struct NotCompared {
    /// Lines of other shards than that of a side.
    pub lines: BTreeSet<String>,
    /// Windows.
    pub windows: BTreeSet<String>,
    /// Member names of figures in a document.
    pub figures: BTreeSet<String>,
}

impl FigureKey {
    /// The figure with its label values, such as `promises.answer.kept`; `*` for a whole window or line.
    #[must_use]
    pub fn name(&self) -> String {
        let figure = self.figure.as_deref().unwrap_or("*");
        [figure].into_iter().chain(self.labels.iter().map(String::as_str)).collect::<Vec<_>>().join(".")
    }
}

impl ComparedValue {
    /// The number, if it is one.
    #[must_use]
    pub const fn number(self) -> Option<f64> {
        match self {
            Self::Number(number) => Some(number),
            Self::Missing | Self::Figures => None,
        }
    }

    fn of(value: Option<&Value>) -> Self {
        value.and_then(Value::as_f64).map_or(Self::Missing, Self::Number)
    }

    fn is(self, other: Self) -> bool {
        match (self, other) {
            (Self::Number(one), Self::Number(other)) => one.total_cmp(&other).is_eq(),
            (one, other) => one == other,
        }
    }
}

/// Compares two documents, each with the scope of its run. If they are of two versions of the program, a figure that
/// one of them has nowhere is not compared: the other version has more figures.
#[must_use]
pub fn differences(one: (&FiguresDocument, &RunScope), other: (&FiguresDocument, &RunScope)) -> Differences {
    let (scopes, [one, other]) = ([one.1, other.1], [one.0, other.0]);
    let line = |document: &'_ FiguresDocument, id: &str| document.lines.iter().position(|line| line.id == id);
    let mut differences = Differences::default();
    for (of, than, is_one) in [(one, other, true), (other, one, false)] {
        let lines = of.line_ids().filter(|id| line(than, id).is_none()).map(str::to_owned);
        // A process of a shard does not have the lines of the others.
        let has_other_lines = than.shard.is_some() && than.shard != of.shard;
        match (has_other_lines, is_one) {
            (true, _) => differences.not_compared.lines.extend(lines),
            (false, true) => differences.lines_of_one = lines.collect(),
            (false, false) => differences.lines_of_other = lines.collect(),
        }
    }
    for of_one in &one.lines {
        if let Some(place) = line(other, &of_one.id) {
            Walk { scopes, differences: &mut differences, path: Path::of(&of_one.id) }
                .line(of_one, &other.lines[place]);
        }
    }
    if one.version != other.version {
        differences.leave_out_figures_of_one_version([one, other]);
    }
    differences.found.sort_by(|left, right| left.key.cmp(&right.key));
    differences
}

impl Differences {
    /// Leaves out the figures, by name and label values, that one document has on no line and in no window.
    fn leave_out_figures_of_one_version(&mut self, documents: [&FiguresDocument; 2]) {
        let has = documents.map(names_of_figures);
        self.found.retain(|difference| {
            let FigureKey { figure: Some(figure), labels, .. } = &difference.key else { return true };
            let name = [figure].into_iter().chain(labels).map(String::as_str).collect::<Vec<_>>();
            let is_of_both = has.iter().all(|has| has.contains(&name));
            if !is_of_both {
                self.compared -= 1;
                note(&mut self.not_compared.figures, &difference.key.name());
            }
            is_of_both
        });
    }
}

/// The figures that a document has on any line, in any window: their names and label values.
fn names_of_figures(document: &FiguresDocument) -> BTreeSet<Vec<&str>> {
    let mut names = BTreeSet::new();
    for figures in document.lines.iter().filter_map(|line| line.figures.as_ref()) {
        let windows = figures.get("windows").and_then(Value::as_object).into_iter().flat_map(Map::values);
        for figures in windows.filter_map(Value::as_object).chain([figures]) {
            for (name, value) in figures.iter().filter(|(name, _)| name.as_str() != "windows") {
                add_names(&mut vec![name.as_str()], value, &mut names);
            }
        }
    }
    names
}

fn add_names<'a>(path: &mut Vec<&'a str>, value: &'a Value, names: &mut BTreeSet<Vec<&'a str>>) {
    match value {
        Value::Object(below) => {
            for (label, value) in below {
                path.push(label);
                add_names(path, value, names);
                path.pop();
            }
        }
        Value::Number(_) => {
            names.insert(path.clone());
        }
        _ => {}
    }
}

/// The current position of a walk.
struct Path<'a> {
    line: &'a str,
    window: Option<&'a str>,
    figure: Option<&'a str>,
    labels: Vec<&'a str>,
}

/// A walk through the figures of a line, on both sides at once.
struct Walk<'a, 'd> {
    scopes: [&'a RunScope; 2],
    differences: &'d mut Differences,
    path: Path<'a>,
}

impl<'a> Walk<'a, '_> {
    fn line(&mut self, one: &'a LineDocument, other: &'a LineDocument) {
        let (Some(one), Some(other)) = (&one.figures, &other.figures) else {
            return self.whole(one.figures.is_some(), other.figures.is_some());
        };
        self.figures(one, other);
        let windows = |figures: &'a Map<String, Value>| figures.get("windows").and_then(Value::as_object);
        for (window, one, other) in side_by_side([windows(one), windows(other)]) {
            if self.scopes.iter().any(|scope| !scope.has_window(window)) {
                note(&mut self.differences.not_compared.windows, window);
                continue;
            }
            self.path.window = Some(window);
            match (one.and_then(Value::as_object), other.and_then(Value::as_object)) {
                (Some(one), Some(other)) => self.figures(one, other),
                (one, other) => self.whole(one.is_some(), other.is_some()),
            }
        }
    }

    /// Compares whether each side has a window or line at all: one difference in place of one for each figure.
    fn whole(&mut self, one: bool, other: bool) {
        if one != other {
            let value = |has| if has { ComparedValue::Figures } else { ComparedValue::Missing };
            self.compare(value(one), value(other));
        }
    }

    fn figures(&mut self, one: &'a Map<String, Value>, other: &'a Map<String, Value>) {
        for (figure, one, other) in side_by_side([Some(one), Some(other)]) {
            let is_windows = self.path.window.is_none() && figure == "windows";
            if is_windows {
                continue;
            }
            if self.scopes.iter().all(|scope| scope.has_figure(figure)) {
                self.path.figure = Some(figure);
                self.values(one, other);
            } else {
                note(&mut self.differences.not_compared.figures, figure);
            }
        }
        self.path.figure = None;
    }

    fn values(&mut self, one: Option<&'a Value>, other: Option<&'a Value>) {
        for (label, one, other) in side_by_side([one, other].map(|value| value.and_then(Value::as_object))) {
            self.path.labels.push(label);
            self.values(one, other);
            self.path.labels.pop();
        }
        let [one, other] = [one, other].map(ComparedValue::of);
        if one.number().or(other.number()).is_some() {
            self.compare(one, other);
        }
    }

    fn compare(&mut self, one: ComparedValue, other: ComparedValue) {
        self.differences.compared += 1;
        if !one.is(other) {
            self.differences.found.push(Difference { key: self.path.key(), one, other });
        }
    }
}

impl<'a> Path<'a> {
    fn of(line: &'a str) -> Self {
        Self { line, window: None, figure: None, labels: Vec::new() }
    }

    fn key(&self) -> FigureKey {
        FigureKey {
            line: self.line.to_owned(),
            window: self.window.map(str::to_owned),
            figure: self.figure.map(str::to_owned),
            labels: self.labels.iter().map(|label| (*label).to_owned()).collect(),
        }
    }
}

/// Adds a name to the set. Most are there already, from another line, and cost no allocation.
fn note(names: &mut BTreeSet<String>, name: &str) {
    if !names.contains(name) {
        names.insert(name.to_owned());
    }
}

/// The members of both objects, by name: those of the first in its order, then those of the second alone.
fn side_by_side(
    [one, other]: [Option<&Map<String, Value>>; 2],
) -> impl Iterator<Item = (&str, Option<&Value>, Option<&Value>)> {
    let of_one = one.into_iter().flatten();
    let of_other = other.into_iter().flatten().filter(move |(name, _)| one.is_none_or(|one| !one.contains_key(*name)));
    of_one
        .map(move |(name, value)| (name.as_str(), Some(value), other.and_then(|other| other.get(name))))
        .chain(of_other.map(|(name, value)| (name.as_str(), None, Some(value))))
}
