//! `basic_auth_users`: names, and bcrypt hashes of their passwords.

use std::fmt;

use crate::error::ConfigError;
use crate::yaml::YamlTable;

pub(super) const USERS: &str = "basic_auth_users";

/// The most users. Each sign-in costs a bcrypt, and the file is read whole.
const MOST_USERS: usize = 1000;

/// The costs of bcrypt that are accepted. Above, one sign-in takes half a minute.
const COSTS: std::ops::RangeInclusive<u32> = 4..=18;

/// The longest name of a user, in bytes.
const LONGEST_NAME: usize = 255;

const REMEDY: &str =
    "it should be the bcrypt hash of a password: htpasswd -nBC 10 NAME asks for the password and prints NAME:HASH";

/// A user who signs in by basic authentication.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct BasicAuthUser {
    /// The name.
    pub name: String,
    /// The hash of the password.
    pub hash: BcryptHash,
}

/// A text that has the form of a bcrypt hash: `$2y$10$` and 53 letters. `Debug` does not show it.
#[derive(Clone, PartialEq, Eq)]
pub struct BcryptHash(String);

impl BcryptHash {
    /// The hash.
    #[must_use]
    pub fn as_str(&self) -> &str {
        &self.0
    }

    /// The cost: an attempt takes 2^cost rounds.
    #[must_use]
    pub fn cost(&self) -> u32 {
        cost_of(&self.0).expect("it was read with a cost")
    }

    fn parse(text: &str) -> Option<Self> {
        cost_of(text).map(|_| Self(text.to_owned()))
    }
}

impl fmt::Debug for BcryptHash {
    fn fmt(&self, formatter: &mut fmt::Formatter<'_>) -> fmt::Result {
        formatter.write_str("(not shown)")
    }
}

/// The cost of a hash; `None` if the text is none.
fn cost_of(text: &str) -> Option<u32> {
    let rest = ["$2a$", "$2b$", "$2y$"].iter().find_map(|version| text.strip_prefix(version))?;
    let (cost, encoded) = rest.split_once('$')?;
    let is_letter = |byte: u8| byte.is_ascii_alphanumeric() || matches!(byte, b'.' | b'/');
    let is_hash = cost.len() == 2 && encoded.len() == 53 && encoded.bytes().all(is_letter);
    cost.parse().ok().filter(|_| is_hash && cost.bytes().all(|byte| byte.is_ascii_digit()))
}

/// Reads `basic_auth_users`.
pub(super) fn read(root: &YamlTable<'_>) -> Result<Vec<BasicAuthUser>, ConfigError> {
    let Some(table) = root.free_table(USERS)? else { return Ok(Vec::new()) };
    let mut users = Vec::new();
    for name in table.keys() {
        if name.is_empty() || name.len() > LONGEST_NAME || name.contains(':') || name.chars().any(char::is_control) {
            return Err(table.refusal(name, "no name of a user", "it should be 1 to 255 characters without a colon"));
        }
        let hash = table.text(name)?.as_deref().and_then(BcryptHash::parse);
        let hash = hash.ok_or_else(|| table.refusal(name, "not a bcrypt hash (value not shown)", REMEDY))?;
        if !COSTS.contains(&hash.cost()) {
            let found = format!("a bcrypt hash of cost {}", hash.cost());
            return Err(table.refusal(name, &found, "it should have a cost from 4 to 18; 10 to 12 is usual"));
        }
        users.push(BasicAuthUser { name: name.to_owned(), hash });
    }
    if users.len() > MOST_USERS {
        let found = format!("a table of {} users", users.len());
        return Err(root.refusal(USERS, &found, "let a reverse proxy sign in more than 1000 users"));
    }
    if users.is_empty() {
        let advice = "list a user with a hash, or leave out the key, so that no password is asked for";
        return Err(root.refusal(USERS, "an empty table", advice));
    }
    Ok(users)
}
