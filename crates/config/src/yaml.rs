//! One table of a YAML document, read key by key, as [`Section`](crate::section::Section) reads one of TOML.
//!
//! The document is read into a tree of our own first. Errors of serde quote values, and a value of such a file may be a
//! key, a password or a hash, so no message of the parser is passed on.

use std::fmt;

use serde::de::{Deserialize, Deserializer, MapAccess, SeqAccess, Visitor};
use serde_saphyr::{NonFiniteFloatPolicy, Spanned};

use crate::error::ConfigError;
use crate::nearest::suggestion;

/// The longest value or key that is quoted in a message, in characters.
const QUOTED_CHARACTERS: usize = 60;

/// A text and the name of its file.
#[derive(Clone, Copy)]
pub(crate) struct YamlText<'a> {
    pub(crate) file: &'a str,
    pub(crate) text: &'a str,
}

/// A node of a document. A scalar is kept as text: YAML's guesses at types differ from parser to parser.
#[derive(Clone)]
pub(crate) enum YamlNode {
    Absent,
    Scalar(String),
    /// A scalar without quotes that the parser has made into this number or truth value. Its text is that of the
    /// document: the password `0123` is not `123`.
    Guessed(String),
    List(Vec<Spanned<YamlNode>>),
    Table(Vec<(String, Spanned<YamlNode>)>),
}

/// A table of the document under its path.
pub(crate) struct YamlTable<'a> {
    document: YamlText<'a>,
    path: String,
    line: usize,
    entries: Vec<(String, Spanned<YamlNode>)>,
}

impl<'a> YamlText<'a> {
    /// The table of the whole document, which may have these keys and no others; `None` if the document is empty.
    pub(crate) fn root(self, keys: &[&str]) -> Result<Option<YamlTable<'a>>, ConfigError> {
        self.free_root(keys)?.map(|root| root.with_known_keys(keys)).transpose()
    }

    /// The table of the whole document; `None` if the document is empty. Any key may be in it. `keys` are those for the
    /// message if it is no table.
    pub(crate) fn free_root(self, keys: &[&str]) -> Result<Option<YamlTable<'a>>, ConfigError> {
        let is_blank = |line: &str| line.trim().is_empty() || line.trim_start().starts_with('#');
        if self.text.lines().all(is_blank) {
            return Ok(None);
        }
        // An unquoted `.inf` or `1e999` is a text like any other, not an error.
        let options = serde_saphyr::options! { non_finite_float_policy: NonFiniteFloatPolicy::PassThrough };
        let root: Spanned<YamlNode> = serde_saphyr::from_str_with_options(self.text, options).map_err(|error| {
            let place = error.location();
            let number = |number: Option<u64>| number.and_then(|number| usize::try_from(number).ok()).unwrap_or(1);
            ConfigError::NotYaml {
                file: self.file.to_owned(),
                line: number(place.map(|place| place.line())),
                column: number(place.map(|place| place.column())),
            }
        })?;
        let line = line_of(&root);
        let table = |entries| YamlTable { document: self, path: String::new(), line, entries };
        match root.value {
            YamlNode::Absent => Ok(None),
            YamlNode::Table(entries) => Ok(Some(table(entries))),
            YamlNode::Scalar(_) | YamlNode::Guessed(_) | YamlNode::List(_) => {
                let advice = format!("its keys are {}", keys.join(", "));
                Err(table(Vec::new()).refusal_at(line, "the file".to_owned(), "not a table", advice))
            }
        }
    }

    /// The text of a node in the document.
    fn as_written(self, node: &Spanned<YamlNode>) -> Option<&'a str> {
        let span = node.defined.span();
        let [from, length] = [span.byte_offset()?, span.byte_len()?].map(usize::try_from);
        let from = from.ok()?;
        self.text.get(from..from.checked_add(length.ok()?)?)
    }
}

impl YamlTable<'_> {
    /// The table under `key`, if there is one.
    pub(crate) fn table(&self, key: &str, keys: &[&str]) -> Result<Option<Self>, ConfigError> {
        let Some(table) = self.free_table(key)? else { return Ok(None) };
        table.with_known_keys(keys).map(Some)
    }

    /// The table under `key`, if there is one; any key may be in it.
    pub(crate) fn free_table(&self, key: &str) -> Result<Option<Self>, ConfigError> {
        let Some(node) = self.entry(key) else { return Ok(None) };
        match &node.value {
            YamlNode::Absent => Ok(None),
            YamlNode::Table(entries) => Ok(Some(Self {
                document: self.document,
                path: self.path_of(key),
                line: line_of(node),
                entries: entries.clone(),
            })),
            YamlNode::Scalar(_) | YamlNode::Guessed(_) | YamlNode::List(_) => {
                Err(self.refusal(key, "not a table", "indent its keys below it"))
            }
        }
    }

    /// The table without these keys, each of which is refused with its remedy, unless it switches something off.
    pub(crate) fn without(mut self, unsupported: &[(&str, &str)]) -> Result<Self, ConfigError> {
        for (key, remedy) in unsupported {
            let is_off = self.entry(key).is_none_or(|node| match &node.value {
                YamlNode::Absent => true,
                YamlNode::Scalar(text) => text.is_empty(),
                YamlNode::Guessed(value) => value == "false",
                YamlNode::List(items) => items.is_empty(),
                YamlNode::Table(_) => false,
            });
            if !is_off {
                return Err(self.refusal(key, "not supported", remedy));
            }
            self.entries.retain(|(name, _)| name != key);
        }
        Ok(self)
    }

    /// The table, if it has these keys and no others.
    pub(crate) fn with_known_keys(self, keys: &[&str]) -> Result<Self, ConfigError> {
        match self.entries.iter().find(|(name, _)| !keys.contains(&name.as_str())) {
            None => Ok(self),
            Some((name, node)) => {
                let advice = suggestion(name, keys.iter().copied());
                Err(self.refusal_at(line_of(node), self.path_of(shown_key(name)), "unknown", advice))
            }
        }
    }

    /// The text under `key`; `None` if there is none, or an empty one.
    pub(crate) fn text(&self, key: &str) -> Result<Option<String>, ConfigError> {
        let Some(node) = self.entry(key) else { return Ok(None) };
        match &node.value {
            YamlNode::Absent => Ok(None),
            YamlNode::Scalar(text) => Ok(Some(text.clone()).filter(|text| !text.is_empty())),
            YamlNode::Guessed(value) => Ok(Some(self.document.as_written(node).unwrap_or(value).to_owned())),
            YamlNode::List(_) | YamlNode::Table(_) => Err(self.refusal(key, "not a text", "write one value after it")),
        }
    }

    /// The texts in the list under `key`; none if there is no list.
    pub(crate) fn texts(&self, key: &str) -> Result<Vec<String>, ConfigError> {
        let refused = || self.refusal(key, "not a list of texts", "write one text a line, each after \"- \"");
        let Some(node) = self.entry(key) else { return Ok(Vec::new()) };
        let items = match &node.value {
            YamlNode::Absent => return Ok(Vec::new()),
            YamlNode::List(items) => items,
            _ => return Err(refused()),
        };
        let text = |item: &Spanned<YamlNode>| match &item.value {
            YamlNode::Scalar(text) => Ok(text.clone()),
            YamlNode::Guessed(value) => Ok(self.document.as_written(item).unwrap_or(value).to_owned()),
            _ => Err(refused()),
        };
        items.iter().map(text).collect()
    }

    /// The switch under `key`. YAML 1.1 has these words for it, and the toolkit reads them all.
    pub(crate) fn flag(&self, key: &str) -> Result<Option<bool>, ConfigError> {
        let Some(text) = self.text(key)? else { return Ok(None) };
        match text.to_ascii_lowercase().as_str() {
            "true" | "yes" | "on" | "y" => Ok(Some(true)),
            "false" | "no" | "off" | "n" => Ok(Some(false)),
            _ => Err(self.refusal(key, &quoted(&text), "it should be true or false")),
        }
    }

    /// One of these words under `key`. `remedies` has other words, and what to do instead of each.
    pub(crate) fn word<T: Copy>(
        &self,
        key: &str,
        words: &[(&str, T)],
        remedies: &[(&str, &str)],
    ) -> Result<Option<T>, ConfigError> {
        let Some(text) = self.text(key)? else { return Ok(None) };
        self.choice(key, &text, words, remedies).map(Some)
    }

    /// The meaning of one text under `key`, which should be one of these words.
    pub(crate) fn choice<T: Copy>(
        &self,
        key: &str,
        text: &str,
        words: &[(&str, T)],
        remedies: &[(&str, &str)],
    ) -> Result<T, ConfigError> {
        if let Some((_, meaning)) = words.iter().find(|(word, _)| *word == text) {
            return Ok(*meaning);
        }
        let advice = match remedies.iter().find(|(word, _)| *word == text) {
            Some((_, remedy)) => (*remedy).to_owned(),
            None => suggestion(text, words.iter().map(|(word, _)| *word)),
        };
        Err(self.refusal(key, &quoted(text), &advice))
    }

    /// The keys of the table, in order.
    pub(crate) fn keys(&self) -> impl Iterator<Item = &str> {
        self.entries.iter().map(|(name, _)| name.as_str())
    }

    /// Whether the table has `key`, with a value or without.
    pub(crate) fn has(&self, key: &str) -> bool {
        self.entry(key).is_some()
    }

    /// The refusal of the value under `key`, with `found` and `advice` as given.
    pub(crate) fn refusal(&self, key: &str, found: &str, advice: &str) -> ConfigError {
        let line = self.entry(key).map_or(self.line, line_of);
        self.refusal_at(line, self.path_of(shown_key(key)), found, advice.to_owned())
    }

    fn refusal_at(&self, line: usize, key: String, found: &str, advice: String) -> ConfigError {
        ConfigError::Refused { file: self.document.file.to_owned(), line, key, found: found.to_owned(), advice }
    }

    fn entry(&self, key: &str) -> Option<&Spanned<YamlNode>> {
        self.entries.iter().find(|(name, _)| name == key).map(|(_, node)| node)
    }

    fn path_of(&self, key: &str) -> String {
        if self.path.is_empty() { key.to_owned() } else { format!("{}.{key}", self.path) }
    }
}

/// A value as a message quotes it.
pub(crate) fn quoted(text: &str) -> String {
    let mut shown: String = text.chars().filter(|character| !character.is_control()).take(QUOTED_CHARACTERS).collect();
    if shown.len() < text.len() {
        shown.push_str("...");
    }
    shown
}

/// A key as a message shows it. A line of a private key that was indented wrongly may look like a key of the file.
fn shown_key(key: &str) -> &str {
    let is_name = |byte: u8| byte.is_ascii_alphanumeric() || matches!(byte, b'_' | b'-' | b'.' | b'@');
    if key.len() <= QUOTED_CHARACTERS - 20 && key.bytes().all(is_name) { key } else { "(key not shown)" }
}

fn line_of(node: &Spanned<YamlNode>) -> usize {
    usize::try_from(node.referenced.line()).unwrap_or(usize::MAX)
}

impl<'de> Deserialize<'de> for YamlNode {
    fn deserialize<D: Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
        deserializer.deserialize_any(NodeVisitor)
    }
}

struct NodeVisitor;

impl<'de> Visitor<'de> for NodeVisitor {
    type Value = YamlNode;

    fn expecting(&self, formatter: &mut fmt::Formatter<'_>) -> fmt::Result {
        formatter.write_str("YAML")
    }

    fn visit_unit<E>(self) -> Result<YamlNode, E> {
        Ok(YamlNode::Absent)
    }

    fn visit_none<E>(self) -> Result<YamlNode, E> {
        Ok(YamlNode::Absent)
    }

    fn visit_some<D: Deserializer<'de>>(self, deserializer: D) -> Result<YamlNode, D::Error> {
        YamlNode::deserialize(deserializer)
    }

    fn visit_bool<E>(self, value: bool) -> Result<YamlNode, E> {
        Ok(YamlNode::Guessed(value.to_string()))
    }

    fn visit_i64<E>(self, value: i64) -> Result<YamlNode, E> {
        Ok(YamlNode::Guessed(value.to_string()))
    }

    fn visit_u64<E>(self, value: u64) -> Result<YamlNode, E> {
        Ok(YamlNode::Guessed(value.to_string()))
    }

    fn visit_f64<E>(self, value: f64) -> Result<YamlNode, E> {
        Ok(YamlNode::Guessed(value.to_string()))
    }

    fn visit_str<E>(self, value: &str) -> Result<YamlNode, E> {
        Ok(YamlNode::Scalar(value.to_owned()))
    }

    fn visit_seq<A: SeqAccess<'de>>(self, mut list: A) -> Result<YamlNode, A::Error> {
        let mut items = Vec::new();
        while let Some(item) = list.next_element()? {
            items.push(item);
        }
        Ok(YamlNode::List(items))
    }

    fn visit_map<A: MapAccess<'de>>(self, mut table: A) -> Result<YamlNode, A::Error> {
        let mut entries = Vec::new();
        while let Some(name) = table.next_key()? {
            entries.push((name, table.next_value()?));
        }
        Ok(YamlNode::Table(entries))
    }
}
