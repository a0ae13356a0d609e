//! One `[[group]]`: the name of a group of lines.
//!
//! Groups are optional. Without a `[[group]]`, the text under `group` of the lines is the name of their group. With
//! some, that text is an id, and each of the lines must name one of them. A group may have no lines: commands warn of
//! it, because its last line may only be left out for a day.

use std::collections::{BTreeMap, BTreeSet};

use toml::Spanned;
use toml::de::DeValue;

use crate::error::ConfigError;
use crate::names::{LANGUAGES, LineNames, NAME_KEY, names};
use crate::nearest::suggestion;
use crate::section::Section;
use crate::value::{self, NAME};

/// The list of groups, and the key of a line that names one.
pub(crate) const GROUP: &str = "group";

const ID: &str = "id";
const GROUPS: &str = "a list of [[group]] tables, each with id and name";

/// The groups by id, each with its names and its position in the list.
pub(crate) type GroupNames = BTreeMap<String, (usize, LineNames)>;

/// Reads every `[[group]]` of the document.
pub(crate) fn read_all(root: &Section<'_>) -> Result<GroupNames, ConfigError> {
    let mut groups = GroupNames::new();
    for (index, table) in tables(root)?.into_iter().enumerate() {
        let section = open(root, index, table)?;
        let id = section.required(ID, NAME, value::name)?;
        if let Some((taken, _)) = groups.get(&id) {
            let at = open(root, *taken, tables(root)?[*taken])?.line_of(ID);
            let file = root.document().file;
            return Err(section.refusal(ID, format!("an id of its own: the group at {file}:{at} has this one")));
        }
        let section = named(root, &id, table)?;
        let name = names(&section.required_section(NAME_KEY, &LANGUAGES)?)?;
        groups.insert(id, (index, name));
    }
    Ok(groups)
}

/// The group of a line, with its names if there are any.
pub(crate) fn of_line(line: &Section<'_>, groups: &GroupNames) -> Result<(String, Option<LineNames>), ConfigError> {
    let id = line.required(GROUP, NAME, value::name)?;
    match groups.get(&id) {
        Some((_, name)) => Ok((id, Some(name.clone()))),
        None if groups.is_empty() => Ok((id, None)),
        None => {
            let advice = suggestion(&id, groups.keys().map(String::as_str));
            Err(line.refusal(GROUP, format!("the id of a [[group]]; {advice}")))
        }
    }
}

/// The ids of groups that no line has, in the order of the file. They have no effect.
pub(crate) fn without_lines(groups: GroupNames, of_lines: &BTreeSet<&str>) -> Vec<String> {
    let unused = groups.into_iter().filter(|(id, _)| !of_lines.contains(id.as_str()));
    let mut unused: Vec<(usize, String)> = unused.map(|(id, (place, _))| (place, id)).collect();
    unused.sort_unstable();
    unused.into_iter().map(|(_, id)| id).collect()
}

fn tables<'a>(root: &Section<'a>) -> Result<Vec<&'a Spanned<DeValue<'a>>>, ConfigError> {
    let tables = root.optional(GROUP, |value| match value {
        DeValue::Array(tables) if !tables.is_empty() => Ok(tables),
        _ => Err(GROUPS.into()),
    })?;
    Ok(tables.into_iter().flatten().collect())
}

/// Opens the table of a group under its number, from 1.
fn open<'a>(root: &Section<'a>, index: usize, table: &'a Spanned<DeValue<'a>>) -> Result<Section<'a>, ConfigError> {
    item(root, &format!("#{}", index + 1), table)
}

/// Opens the table of a group under its id.
fn named<'a>(root: &Section<'a>, id: &str, table: &'a Spanned<DeValue<'a>>) -> Result<Section<'a>, ConfigError> {
    item(root, id, table)
}

fn item<'a>(root: &Section<'a>, name: &str, table: &'a Spanned<DeValue<'a>>) -> Result<Section<'a>, ConfigError> {
    let section = root.item(&format!("{GROUP}[{name}]"), table, &[ID, NAME_KEY]);
    section.unwrap_or_else(|| Err(root.refusal(GROUP, GROUPS)))
}
