//! Where the figures are served, and to whom.

use std::net::{IpAddr, Ipv4Addr, SocketAddr};
use std::path::PathBuf;

use ensilinja_model::is_printable;
use toml::Spanned;
use toml::de::DeValue;

use crate::error::ConfigError;
use crate::section::{Expected, Section, TomlText};
use crate::value::flag;

/// Keys of `[server]`.
const KEYS: [&str; 10] = [
    LISTEN,
    ALLOWED_HOSTS,
    FRAME_ANCESTORS,
    CONTACTS,
    GRAFANA_URL,
    RUNBOOK_URL,
    WEB_CONFIG_FILE,
    BOARD_USERS,
    CONTACTS_USERS,
    MEMORY_LIMIT,
];

const LISTEN: &str = "listen";
const ALLOWED_HOSTS: &str = "allowed_hosts";
const FRAME_ANCESTORS: &str = "frame_ancestors";
const CONTACTS: &str = "contacts";
const GRAFANA_URL: &str = "grafana_url";
const RUNBOOK_URL: &str = "runbook_url";
const WEB_CONFIG_FILE: &str = "web_config_file";
const BOARD_USERS: &str = "board_users";
const CONTACTS_USERS: &str = "contacts_users";
const MEMORY_LIMIT: &str = "memory_limit";

/// Only this machine can reach it: the figures of small lines are not public.
const DEFAULT_LISTEN: SocketAddr = SocketAddr::new(IpAddr::V4(Ipv4Addr::LOCALHOST), 9464);

const HOST_NAME_EXPECTED: &str = "a name of a host without scheme, port or path, such as \"boards.example\"";
const HOSTS_EXPECTED: &str =
    "a list of the names by which browsers open the board, such as [\"boards.example\"]; without the key, any name";

const ANCESTOR_EXPECTED: &str = "\"self\", or the origin of a page: \"https://intranet.example\", with a port if it has \
                                 one, or \"https://*.example\" for all names below; no path";
const ANCESTORS_EXPECTED: &str = "a list of the origins whose pages may show the board in a frame, such as \
                                  [\"https://intranet.example\"]; without the key, none may";
const GRAFANA_URL_EXPECTED: &str = "an http or https address with {line} in the place of a line's id, such as \
    \"https://grafana.example/d/ensilinja-linja?var-line={line}\"";
const RUNBOOK_URL_EXPECTED: &str = "an http or https address with {alert} in the place of an alert's name, such as \
    \"https://wiki.example/runbooks/{alert}\"";

const USERS_EXPECTED: &str = "a list of users of the web configuration file, such as [\"supervisor\"]; without the key, \
                              all of them";
const USER_EXPECTED: &str = "the name of a user of the web configuration file";
const MEMORY_EXPECTED: &str = "a size from \"64MiB\" on in MiB or GiB, such as \"512MiB\" or \"2GiB\"";

/// The longest name of a host, in characters.
const LONGEST_HOST_NAME: usize = 253;

/// Where the figures are served.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct ServerSettings {
    /// The address to listen on; port 0 is any free one.
    pub listen: SocketAddr,
    /// The host names that requests may be for; any, if none are configured. Never an empty list.
    pub allowed_hosts: Option<Vec<HostName>>,
    /// The pages that may show the board in a frame; none by default.
    pub frame_ancestors: Vec<FrameAncestor>,
    /// Whether the board may list the contacts behind a number. They have no names, but are about single people.
    pub contacts: bool,
    /// The address of a line's dashboard, with `{line}` for its id; the board then links to it.
    pub grafana_url: Option<String>,
    /// The address of an alert's runbook, with `{alert}` for its name; the board then links to it.
    pub runbook_url: Option<String>,
    /// The web configuration file: TLS and users. Without one, the server speaks plain HTTP with everyone.
    pub web_config_file: Option<PathBuf>,
    /// The users who may read the board and figures as JSON; all, if none are listed. Never an empty list.
    pub board_users: Option<Vec<String>>,
    /// The users who may list the contacts behind a number; those of the board, if none are listed. Never an empty
    /// list, and never one with a user who may not read the board.
    pub contacts_users: Option<Vec<String>>,
    /// The memory at which the process will be killed, in bytes, if the machine has a limit that it does not tell.
    pub memory_limit: Option<u64>,
}

/// The name of a host, in lower case and without a dot at its end.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct HostName(String);

impl HostName {
    /// Reads a name. Upper and lower case are the same, and a dot at the end means nothing.
    fn parse(text: &str) -> Option<Self> {
        let name = text.strip_suffix('.').unwrap_or(text).to_ascii_lowercase();
        let is_label = |label: &str| {
            !label.is_empty() && label.bytes().all(|byte| byte.is_ascii_alphanumeric() || matches!(byte, b'-' | b'_'))
        };
        (name.len() <= LONGEST_HOST_NAME && name.split('.').all(is_label)).then_some(Self(name))
    }

    /// The name as a text.
    #[must_use]
    pub fn as_str(&self) -> &str {
        &self.0
    }
}

/// A page that may show the board in a frame, as a source expression of `frame-ancestors` in a Content-Security-Policy.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct FrameAncestor(String);

impl FrameAncestor {
    /// Reads `self` or an origin: `http` or `https`, a name or `*.` and a name, and perhaps a port.
    fn parse(text: &str) -> Option<Self> {
        if text == "self" {
            return Some(Self("'self'".to_owned()));
        }
        let (scheme, authority) = text.split_once("://")?;
        let (host, port) = match authority.split_once(':') {
            Some((host, port)) => (host, Some(port.parse::<u16>().ok().filter(|port| *port > 0)?)),
            None => (authority, None),
        };
        let HostName(name) = HostName::parse(host.strip_prefix("*.").unwrap_or(host))?;
        let scheme = scheme.to_ascii_lowercase();
        let wildcard = if host.starts_with("*.") { "*." } else { "" };
        let port = port.map_or(String::new(), |port| format!(":{port}"));
        matches!(scheme.as_str(), "http" | "https").then(|| Self(format!("{scheme}://{wildcard}{name}{port}")))
    }

    /// The source expression.
    #[must_use]
    pub fn as_str(&self) -> &str {
        &self.0
    }
}

/// Reads `[server]`.
pub(crate) fn read(root: &Section<'_>) -> Result<ServerSettings, ConfigError> {
    let mut server = ServerSettings {
        listen: DEFAULT_LISTEN,
        allowed_hosts: None,
        frame_ancestors: Vec::new(),
        contacts: false,
        grafana_url: None,
        runbook_url: None,
        web_config_file: None,
        board_users: None,
        contacts_users: None,
        memory_limit: None,
    };
    if let Some(section) = root.section("server", &KEYS)? {
        server.listen = section.optional(LISTEN, listen)?.unwrap_or(server.listen);
        server.allowed_hosts = list(&section, ALLOWED_HOSTS, HOSTS_EXPECTED, HOST_NAME_EXPECTED, HostName::parse)?;
        let ancestors = list(&section, FRAME_ANCESTORS, ANCESTORS_EXPECTED, ANCESTOR_EXPECTED, FrameAncestor::parse)?;
        server.frame_ancestors = ancestors.unwrap_or_default();
        server.contacts = section.optional(CONTACTS, flag)?.unwrap_or(false);
        server.grafana_url = section.optional(GRAFANA_URL, |value| address(value, "{line}", GRAFANA_URL_EXPECTED))?;
        server.runbook_url = section.optional(RUNBOOK_URL, |value| address(value, "{alert}", RUNBOOK_URL_EXPECTED))?;
        server.web_config_file = section.optional(WEB_CONFIG_FILE, path)?;
        server.board_users = list(&section, BOARD_USERS, USERS_EXPECTED, USER_EXPECTED, user)?;
        server.contacts_users = list(&section, CONTACTS_USERS, USERS_EXPECTED, USER_EXPECTED, user)?;
        check_contacts_users(&section, &server)?;
        server.memory_limit = section.optional(MEMORY_LIMIT, memory)?;
    }
    Ok(server)
}

/// Where a process answers.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct ServerAddress {
    /// The address to listen on.
    pub listen: SocketAddr,
    /// The web configuration file, which says whether it speaks TLS.
    pub web_config_file: Option<PathBuf>,
}

impl Default for ServerAddress {
    fn default() -> Self {
        Self { listen: DEFAULT_LISTEN, web_config_file: None }
    }
}

/// Where a process answers by the text of a configuration, and nothing else of it: a health check must not fail because
/// the file is being edited somewhere else, nor read secrets. `file` is the name that messages call it by.
///
/// # Errors
/// The text is not TOML, or the address or the path of the web configuration file is none.
pub fn server_address(file: &str, text: &str) -> Result<ServerAddress, ConfigError> {
    let document = TomlText { file, text };
    let tables = document.tables()?;
    let root = Section::open_in_part(document, "", tables.span(), tables.get_ref());
    let Some((place, value)) = root.entry("server") else { return Ok(ServerAddress::default()) };
    let DeValue::Table(table) = value.get_ref() else {
        return Err(root.refusal("server", format!("a table with {}", KEYS.join(", "))));
    };
    let server = Section::open_in_part(document, "server", place, table);
    Ok(ServerAddress {
        listen: server.optional(LISTEN, listen)?.unwrap_or(DEFAULT_LISTEN),
        web_config_file: server.optional(WEB_CONFIG_FILE, path)?,
    })
}

fn path(value: &DeValue<'_>) -> Result<PathBuf, Expected> {
    let path = value.as_str().filter(|text| !text.is_empty()).map(PathBuf::from);
    path.ok_or_else(|| "the path of a web configuration file, such as \"/etc/ensilinja/web.yml\"".into())
}

fn user(text: &str) -> Option<String> {
    (!text.is_empty() && text.chars().all(is_printable)).then(|| text.to_owned())
}

/// Refuses a user who may list contacts but may not read the board that they are listed on.
fn check_contacts_users(section: &Section<'_>, server: &ServerSettings) -> Result<(), ConfigError> {
    let (Some(board), Some(contacts)) = (&server.board_users, &server.contacts_users) else { return Ok(()) };
    if contacts.iter().all(|user| board.contains(user)) {
        return Ok(());
    }
    Err(section.refusal(CONTACTS_USERS, "a list of users who are in server.board_users too: contacts are on the board"))
}

/// A size in bytes.
fn memory(value: &DeValue<'_>) -> Result<u64, Expected> {
    const MIB: u64 = 1 << 20;
    let bytes = |text: &str| {
        let (number, unit) = match text.strip_suffix("GiB") {
            Some(number) => (number, 1024 * MIB),
            None => (text.strip_suffix("MiB")?, MIB),
        };
        number.trim_end().parse::<u64>().ok()?.checked_mul(unit).filter(|bytes| *bytes >= 64 * MIB)
    };
    value.as_str().and_then(bytes).ok_or_else(|| MEMORY_EXPECTED.into())
}

fn listen(value: &DeValue<'_>) -> Result<SocketAddr, Expected> {
    value
        .as_str()
        .and_then(|text| text.parse().ok())
        .ok_or_else(|| "an IP address and a port, such as \"127.0.0.1:9464\" or \"0.0.0.0:9464\"".into())
}

/// An address to link to, with a place to fill in. Other schemes than HTTP could run code in the board.
fn address(value: &DeValue<'_>, place: &str, expected: &'static str) -> Result<String, Expected> {
    let is_address = |text: &&str| {
        let rest = text.strip_prefix("https://").or_else(|| text.strip_prefix("http://"));
        let is_plain = |character: char| !character.is_whitespace() && !character.is_control();
        rest.is_some_and(|rest| !rest.starts_with(['/', '{'])) && text.chars().all(is_plain) && text.contains(place)
    };
    value.as_str().filter(is_address).map(str::to_owned).ok_or_else(|| expected.into())
}

/// The items of a list that is not empty, if the key is there. `expected` says what the list should be, and
/// `item_expected` what each item should be.
fn list<T>(
    section: &Section<'_>,
    key: &'static str,
    expected: &'static str,
    item_expected: &'static str,
    parse: fn(&str) -> Option<T>,
) -> Result<Option<Vec<T>>, ConfigError> {
    let Some((_, value)) = section.entry(key) else { return Ok(None) };
    let DeValue::Array(items) = value.get_ref() else { return Err(section.refusal(key, expected)) };
    if items.is_empty() {
        return Err(section.refusal(key, expected));
    }
    let item = |item: &Spanned<DeValue<'_>>| {
        let refused = || section.refusal_of_item(key, item, item_expected);
        item.get_ref().as_str().and_then(parse).ok_or_else(refused)
    };
    items.iter().map(item).collect::<Result<_, _>>().map(Some)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_address_is_found_in_a_file_that_is_wrong_elsewhere() {
        let address = |text: &str| server_address("a.toml", text).map(|address| address.listen.to_string());
        for (text, expected) in [
            ("", "127.0.0.1:9464"),
            ("[server]\n", "127.0.0.1:9464"),
            ("nothing = 1\n[server]\nlisten = \"[::]:80\"\nnew = 2\n[kafka]\nbrokers = 3\n", "[::]:80"),
        ] {
            assert_eq!(address(text).unwrap(), expected, "{text}");
        }
        assert_eq!(address(crate::SAMPLE).unwrap(), "127.0.0.1:9464");
        for (text, reason) in [
            ("[server", "a.toml:1:8: "),
            ("server = 3", "a.toml:1: server is 3; it should be a table with listen"),
            (
                "[server]\nlisten = \"localhost:1\"",
                "a.toml:2: server.listen is \"localhost:1\"; it should be an IP address",
            ),
        ] {
            let refusal = address(text).unwrap_err().to_string();
            assert!(refusal.contains(reason), "{refusal}");
        }
        let text = "[server]\nweb_config_file = \"web.yml\"\nnew = 2\n";
        assert_eq!(server_address("a.toml", text).unwrap().web_config_file, Some("web.yml".into()));
    }

    #[test]
    fn a_host_name_has_no_scheme_port_path_or_wildcard() {
        assert_eq!(HostName::parse("Boards.Example.").unwrap().as_str(), "boards.example");
        for text in ["", ".", "a..b", "http://a", "a:80", "a/", "*.a", "a b", "[::1]", "ä", &"a".repeat(254)] {
            assert_eq!(HostName::parse(text), None, "{text:?}");
        }
    }

    #[test]
    fn a_memory_limit_is_a_number_of_mib_or_gib() {
        let read = |text: &str| memory(&DeValue::String(text.into())).ok();
        assert_eq!(read("512MiB"), Some(512 << 20));
        assert_eq!(read("2 GiB"), Some(2 << 30));
        for text in ["63MiB", "512", "512MB", "-1GiB", "1.5GiB", "99999999999999GiB", "GiB", ""] {
            assert_eq!(read(text), None, "{text:?}");
        }
    }

    #[test]
    fn a_frame_ancestor_is_self_or_an_origin() {
        for (text, source) in [
            ("self", "'self'"),
            ("https://Intranet.Example", "https://intranet.example"),
            ("HTTPS://*.teams.example:8443", "https://*.teams.example:8443"),
            ("http://10.0.0.7:80", "http://10.0.0.7:80"),
        ] {
            assert_eq!(FrameAncestor::parse(text).map(|ancestor| ancestor.0).as_deref(), Some(source), "{text:?}");
        }
        let refused =
            ["", "*", "'self'", "intranet.example", "https:", "https://", "https://*", "https://a/b", "ftp://a"];
        let unsafe_in_a_header =
            ["https://a; script-src *", "https://a b", "https://a,b", "https://a:0", "https://a:b"];
        for text in refused.into_iter().chain(unsafe_in_a_header) {
            assert_eq!(FrameAncestor::parse(text), None, "{text:?}");
        }
    }
}
