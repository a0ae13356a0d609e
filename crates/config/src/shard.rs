//! `[[shard]]`: which lines belong to which process, where several processes share the topics.
//!
//! ```text
//! [[shard]]                        ensilinja run --shard south    the lines of `mipa` and `neuvola`
//! name = "south"                   ensilinja run --shard north    the lines of Forssa
//! groups = ["mipa", "neuvola"]
//! [[shard]]                        each line is in exactly one, so together they have
//! name = "north"                   what one process without shards has
//! areas = ["Forssa"]
//! ```
//!
//! All processes have one configuration file, and each is told its shard by an option. So the file can be refused if a
//! line is in no shard or in two: that would be a line without figures, or one that is counted twice.

use std::collections::BTreeMap;

use ensilinja_model::LineId;
use toml::Spanned;
use toml::de::DeValue;

use crate::error::ConfigError;
use crate::line::{Line, MOST_LINES, SHARD};
use crate::nearest::suggestion;
use crate::section::Section;

const NAME: &str = "name";
const GROUPS: &str = "groups";
const AREAS: &str = "areas";
const LINES: &str = "lines";
const KEYS: [&str; 4] = [NAME, GROUPS, AREAS, LINES];

const SHARDS_EXPECTED: &str =
    "a list of [[shard]] tables, at least two, each with name and one of groups, areas, lines";
const NAME_EXPECTED: &str = "1 to 40 of a-z, 0-9 and _, such as \"south\"";

/// The most shards: each is a process, and reads every record.
const MOST_SHARDS: usize = 50;

/// The lines of one process among several.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Shard {
    /// Its name, for `--shard`, labels and messages.
    pub name: String,
    /// The positions of its lines in the configuration, ascending. At least one.
    pub lines: Vec<usize>,
}

/// A process cannot be given this shard.
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
pub enum ShardChoiceError {
    /// The configuration has shards, and the process was told none.
    #[error("the configuration divides its lines into shards: say with --shard which one this process has; {0}")]
    Missing(String),
    /// The configuration has no shards.
    #[error("--shard {0} names a [[shard]], and the configuration has none: leave it out, or add the [[shard]] tables")]
    NoShards(String),
    /// The configuration has other shards.
    #[error("--shard {0} is no [[shard]] of the configuration; {1}")]
    Unknown(String, String),
}

/// Reads every `[[shard]]` of the document. Without any, the list is empty.
pub(crate) fn read_all(root: &Section<'_>, lines: &[Line]) -> Result<Vec<Shard>, ConfigError> {
    let tables = root.optional(SHARD, |value| match value {
        DeValue::Array(tables) if (2..=MOST_SHARDS).contains(&tables.len()) => Ok(tables),
        DeValue::Array(tables) if tables.len() > MOST_SHARDS => {
            Err(format!("at most {MOST_SHARDS} [[shard]] tables").into())
        }
        _ => Err(SHARDS_EXPECTED.into()),
    })?;
    let mut shards: Vec<Shard> = Vec::new();
    let mut taken: BTreeMap<usize, usize> = BTreeMap::new();
    for (index, table) in tables.into_iter().flatten().enumerate() {
        let section = open(root, &format!("#{}", index + 1), table)?;
        let name = section.required(NAME, NAME_EXPECTED, |value| {
            value
                .as_str()
                .filter(|text| LineId::parse(text).is_ok())
                .map(str::to_owned)
                .ok_or_else(|| NAME_EXPECTED.into())
        })?;
        if shards.iter().any(|other| other.name == name) {
            return Err(section.refusal(NAME, "a name of its own: another [[shard]] has this one"));
        }
        let section = open(root, &name, table)?;
        let chosen = chosen(&section, lines)?;
        for line in &chosen {
            if let Some(other) = taken.insert(*line, index) {
                let (line, other) = (&lines[*line].id, &shards[other].name);
                let key = key_of(&section)?;
                return Err(section.refusal(key, format!("without the line {line}: it is in shard {other} too")));
            }
        }
        shards.push(Shard { name, lines: chosen });
    }
    match (0..lines.len()).find(|line| !shards.is_empty() && !taken.contains_key(line)) {
        None => Ok(shards),
        Some(line) => {
            let Line { id, group, service_area, .. } = &lines[line];
            let place = root.entry(SHARD).map_or(0..0, |(place, _)| place);
            let advice = format!(
                "name the line {id} (group {group}, area {service_area}) in one of the [[shard]] tables: it is in none"
            );
            Err(root.refusal_at(&place, SHARD, "incomplete", advice))
        }
    }
}

/// The positions of the lines that a shard names, ascending.
fn chosen(section: &Section<'_>, lines: &[Line]) -> Result<Vec<usize>, ConfigError> {
    let key = key_of(section)?;
    let expected = format!("a list of {key}, at least one");
    let items = section.required(key, "a list", |value| match value {
        DeValue::Array(items) if !items.is_empty() => Ok(items),
        _ => Err(expected.into()),
    })?;
    let mut chosen = Vec::new();
    for item in items {
        let named = item.get_ref().as_str().unwrap_or_default();
        let before = chosen.len();
        chosen.extend((0..lines.len()).filter(|position| name_under(key, &lines[*position]) == named));
        if chosen.len() == before {
            let mut known: Vec<&str> = lines.iter().map(|line| name_under(key, line)).collect();
            known.sort_unstable();
            known.dedup();
            let advice = format!("one of the {key} of the lines; {}", suggestion(named, known));
            return Err(section.refusal_of_item(key, item, advice));
        }
    }
    if chosen.len() > MOST_LINES {
        return Err(section.refusal(key, format!("a list of at most {MOST_LINES} lines: it names {}", chosen.len())));
    }
    let named = chosen.len();
    chosen.sort_unstable();
    chosen.dedup();
    if chosen.len() < named {
        return Err(section.refusal(key, "a list without repetitions"));
    }
    Ok(chosen)
}

/// What a line has to be named by under a key.
fn name_under<'a>(key: &str, line: &'a Line) -> &'a str {
    match key {
        GROUPS => &line.group,
        AREAS => &line.service_area,
        _ => line.id.as_str(),
    }
}

/// The one key that says which lines a shard has.
fn key_of(section: &Section<'_>) -> Result<&'static str, ConfigError> {
    let mut present = [GROUPS, AREAS, LINES].into_iter().filter(|key| section.has(key));
    match (present.next(), present.next()) {
        (Some(key), None) => Ok(key),
        (Some(first), Some(second)) => {
            Err(section.refusal(second, format!("left out: {first} says already which lines the shard has")))
        }
        (None, _) => Err(section.refusal(GROUPS, "there, or areas or lines: they say which lines the shard has")),
    }
}

fn open<'a>(root: &Section<'a>, name: &str, table: &'a Spanned<DeValue<'a>>) -> Result<Section<'a>, ConfigError> {
    let section = root.item(&format!("{SHARD}[{name}]"), table, &KEYS);
    section.unwrap_or_else(|| Err(root.refusal(SHARD, SHARDS_EXPECTED)))
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::{Config, NothingOutside, SAMPLE, parse};

    fn config(shards: &str) -> Result<Config, ConfigError> {
        let (before, lines) = SAMPLE.split_once("\n[[line]]\n").unwrap();
        parse("my.toml", &format!("{before}\n{shards}\n[[line]]\n{lines}"), &NothingOutside)
    }

    /// Chats, the telephone lines of Forssa, and all other lines.
    fn three() -> String {
        let sample = crate::county();
        let ids = |is_in: &dyn Fn(&Line) -> bool| {
            let ids: Vec<_> = sample.lines.iter().filter(|line| is_in(line)).map(|line| line.id.as_str()).collect();
            format!("{ids:?}")
        };
        let chats = ids(&|line| line.id.as_str().ends_with("_chat"));
        let rest = ids(&|line| !line.id.as_str().ends_with("_chat") && line.service_area != "Forssa");
        format!(
            "[[shard]]\nname = \"rest\"\nlines = {rest}\n[[shard]]\nname = \"chats\"\nlines = {chats}\n\
             [[shard]]\nname = \"forssa\"\nareas = [\"Forssa\"]\n"
        )
    }

    #[test]
    fn shards_divide_the_lines() {
        let config = config(&three()).unwrap();
        let mut all: Vec<usize> = config.shards.iter().flat_map(|shard| shard.lines.clone()).collect();
        all.sort_unstable();
        assert_eq!(all, (0..config.lines.len()).collect::<Vec<_>>());
        assert_eq!(
            config.shards.iter().map(|shard| shard.name.as_str()).collect::<Vec<_>>(),
            ["rest", "chats", "forssa"]
        );
        assert!(crate::county().shards.is_empty());
    }

    #[test]
    fn a_process_gets_the_lines_of_its_shard_and_a_consumer_group_of_its_own() {
        let all = config(&three()).unwrap();
        assert_eq!(all.own_lines().len(), all.lines.len());
        let of = |name: &str| all.clone().with_shard(Some(name)).unwrap();
        let (first, chats) = (of("rest"), of("chats"));
        assert_eq!((first.kafka.group_id.as_str(), chats.kafka.group_id.as_str()), ("ensilinja", "ensilinja.chats"));
        assert_eq!(all.consumer_groups(), ["ensilinja", "ensilinja.chats", "ensilinja.forssa"]);
        assert_eq!(chats.consumer_groups(), ["ensilinja.chats"]);
        assert_eq!(crate::county().consumer_groups(), ["ensilinja"]);
        assert!(first.keeps_rejections() && !chats.keeps_rejections() && all.keeps_rejections());
        assert_eq!(chats.own_lines(), all.shards[1].lines);
        assert_eq!(chats.lines.len(), all.lines.len(), "the lines of a configuration stay");
    }

    #[test]
    fn a_shard_is_required_exactly_where_there_are_some() {
        let refusal = |config: Config, shard| config.with_shard(shard).unwrap_err().to_string();
        let sharded = || config(&three()).unwrap();
        assert!(refusal(sharded(), None).ends_with("there are rest, chats, forssa"));
        assert!(refusal(sharded(), Some("chat")).ends_with("did you mean chats?"));
        assert!(refusal(crate::county(), Some("rest")).contains("the configuration has none"));
        assert!(crate::county().with_shard(None).is_ok());
    }

    #[test]
    fn what_does_not_divide_the_lines_is_refused_in_one_line() {
        let three = three();
        let shard = |name: &str, rest: &str| format!("[[shard]]\nname = \"{name}\"\n{rest}\n");
        for (shards, expected) in [
            (
                shard("a", "areas = [\"Forssa\"]"),
                "shard is a list; it should be a list of [[shard]] tables, at least two",
            ),
            (three.replace("\"chats\"", "\"rest\""), "shard[#2].name is \"rest\"; it should be a name of its own"),
            (three.replace("\"chats\"", "\"Chats!\""), "shard[#2].name is \"Chats!\"; it should be 1 to 40 of a-z"),
            (
                three.replace("areas = [\"Forssa\"]", ""),
                "shard[forssa].groups is missing; it should be there, or areas",
            ),
            (three.replace("\"Forssa\"", "\"Forsa\""), "did you mean Forssa?"),
            (three.replace("[\"Forssa\"]", "[]"), "shard[forssa].areas is an empty list; it should be a list of areas"),
            (
                three.replace("[\"Forssa\"]", "[7]"),
                "shard[forssa].areas is 7; it should be one of the areas of the lines",
            ),
            (three.replace("[\"Forssa\"]", "[\"Forssa\", \"Forssa\"]"), "it should be a list without repetitions"),
            (three.replace("[\"Forssa\"]", "[\"Forssa\"]\nlines = []"), "left out: areas says already"),
            (
                three.replace("areas = [\"Forssa\"]", "lines = [\"mipa_chat\"]"),
                "without the line mipa_chat: it is in shard",
            ),
            (
                three.replace("\"mipa_chat\", ", ""),
                "shard is incomplete; name the line mipa_chat (group mental_health_chat",
            ),
            (three.replace("areas", "area"), "shard[#3].area is unknown; did you mean areas?"),
        ] {
            let refusal = config(&shards).unwrap_err().to_string();
            assert!(refusal.contains(expected) && refusal.lines().count() == 1, "{refusal}\nnot: {expected}");
        }
    }
}
