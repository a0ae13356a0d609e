//! The `Host` of a request: whether it is valid, and whether the server answers to it.
//!
//! RFC 9112, section 3.2: a request of HTTP/1.1 has exactly one `Host`, and a malformed one gets 400 in any version. If
//! the target itself names the host (`GET http://boards.example/`), that name counts, and `Host` must still be well
//! formed.
//!
//! If a list of names is configured, a request for any other name gets 421. This stops DNS rebinding: a page of another
//! site whose name has been pointed at this server can read nothing. Such a page always has a name. So addresses,
//! `localhost` and requests without a host are always answered, and probes and scrapes, which use addresses, need no
//! entry.

use std::net::{Ipv4Addr, Ipv6Addr};

use hyper::header::HOST;
use hyper::http::request::Parts;
use hyper::{StatusCode, Version};

use crate::reply::Reply;

/// The host names that the server answers to. The default is any name.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct AllowedHosts(Option<Vec<String>>);

impl AllowedHosts {
    /// Only these names. Upper and lower case are the same, and a dot at the end does not matter.
    #[must_use]
    pub fn only<'a>(names: impl IntoIterator<Item = &'a str>) -> Self {
        Self(Some(names.into_iter().map(|name| without_dot(name).to_ascii_lowercase()).collect()))
    }

    fn allows(&self, host: &Host<'_>) -> bool {
        match (&self.0, host) {
            (None, _) | (_, Host::Absent | Host::Address) => true,
            (Some(names), Host::Name(name)) => {
                let name = without_dot(name).to_ascii_lowercase();
                name == "localhost" || name.ends_with(".localhost") || names.contains(&name)
            }
        }
    }

    /// The refusal of a request whose host is malformed or not allowed; `None` for an allowed one.
    pub(crate) fn refusal(&self, head: &Parts) -> Option<Reply> {
        let refuse = |status, text: &str| Some(Reply::plain(status, text.to_owned()));
        match host_of(head) {
            Err(problem) => refuse(StatusCode::BAD_REQUEST, problem),
            Ok(host) if !self.allows(&host) => refuse(
                StatusCode::MISDIRECTED_REQUEST,
                "this server does not answer to that name; add it to server.allowed_hosts in the configuration\n",
            ),
            Ok(_) => None,
        }
    }
}

fn without_dot(name: &str) -> &str {
    name.strip_suffix('.').unwrap_or(name)
}

/// The host that a request is for.
#[derive(Debug, PartialEq, Eq)]
enum Host<'a> {
    /// None is named.
    Absent,
    /// An IP address.
    Address,
    /// A name.
    Name(&'a str),
}

fn host_of(head: &Parts) -> Result<Host<'_>, &'static str> {
    let mut values = head.headers.get_all(HOST).iter();
    let host = match (values.next(), values.next()) {
        (_, Some(_)) => return Err("a request must have one Host; this one has several\n"),
        (None, None) if head.version >= Version::HTTP_11 => {
            return Err("a request of HTTP/1.1 must have a Host\n");
        }
        (None, None) => Host::Absent,
        (Some(value), None) => {
            value.to_str().ok().and_then(host).ok_or("Host should be a name or an address, with an optional port\n")?
        }
    };
    match head.uri.authority() {
        Some(authority) => {
            self::host(authority.as_str()).ok_or("the target should name a host, with an optional port\n")
        }
        None => Ok(host),
    }
}

/// Parses `host`, `host:port`, `[address]`, `[address]:port` (RFC 3986) or the empty text.
fn host(text: &str) -> Option<Host<'_>> {
    let (host, port) = if let Some(rest) = text.strip_prefix('[') {
        let (address, port) = rest.split_once(']')?;
        address.parse::<Ipv6Addr>().ok()?;
        (Host::Address, port)
    } else {
        let (name, port) = text.find(':').map_or((text, ""), |colon| text.split_at(colon));
        if !is_registered_name(name) {
            return None;
        }
        let host = match name {
            "" => Host::Absent,
            name if without_dot(name).parse::<Ipv4Addr>().is_ok() => Host::Address,
            name => Host::Name(name),
        };
        (host, port)
    };
    let is_port = match port.strip_prefix(':') {
        Some(digits) => {
            digits.bytes().all(|byte| byte.is_ascii_digit()) && (digits.is_empty() || digits.parse::<u16>().is_ok())
        }
        None => port.is_empty(),
    };
    is_port.then_some(host)
}

/// Whether a text consists of unreserved characters, sub-delimiters and whole percent-encoded bytes.
fn is_registered_name(name: &str) -> bool {
    let mut bytes = name.bytes();
    while let Some(byte) = bytes.next() {
        let is_valid = match byte {
            b'%' => {
                [bytes.next(), bytes.next()].iter().all(|digit| digit.is_some_and(|digit| digit.is_ascii_hexdigit()))
            }
            _ => byte.is_ascii_alphanumeric() || b"-._~!$&'()*+,;=".contains(&byte),
        };
        if !is_valid {
            return false;
        }
    }
    true
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_host_is_a_name_or_an_address_with_or_without_a_port() {
        for (text, right) in [
            ("boards.example", Host::Name("boards.example")),
            ("Boards.Example.:9464", Host::Name("Boards.Example.")),
            ("under_score:", Host::Name("under_score")),
            ("b%C3%A4r.example", Host::Name("b%C3%A4r.example")),
            ("127.0.0.1", Host::Address),
            ("10.0.0.5:9464", Host::Address),
            ("[::1]", Host::Address),
            ("[2001:db8::1]:9464", Host::Address),
            ("", Host::Absent),
        ] {
            assert_eq!(host(text), Some(right), "{text:?}");
        }
    }

    #[test]
    fn a_malformed_host_is_refused() {
        for text in [
            "a b",
            "a/b",
            "a?b",
            "a#b",
            "me@a",
            "a:b",
            "a:1:2",
            "a:99999",
            "::1",
            "[::1",
            "[::1]x",
            "[a.example]",
            "[]",
            "a%4",
            "a%zz",
            "ä.example",
            "<a>",
            "a\"",
            "a\\b",
            "http://a",
            "a,b:x",
            "[fe80::1%eth0]",
        ] {
            assert_eq!(host(text), None, "{text:?}");
        }
    }

    #[test]
    fn a_list_allows_its_names_in_any_case_and_hosts_that_cannot_be_rebound() {
        let allowed = AllowedHosts::only(["boards.example", "Intra."]);
        for (text, right) in [
            ("boards.example", true),
            ("BOARDS.example.:9464", true),
            ("intra", true),
            ("localhost:9464", true),
            ("ensilinja.localhost", true),
            ("10.0.0.5", true),
            ("[::1]:80", true),
            ("", true),
            ("evil.example", false),
            ("www.boards.example", false),
            ("boards.example.evil.example", false),
            ("notlocalhost", false),
            ("10.0.0.5.evil.example", false),
            ("0x7f.1", false),
        ] {
            assert_eq!(allowed.allows(&host(text).unwrap()), right, "{text:?}");
            assert!(AllowedHosts::default().allows(&host(text).unwrap()), "{text:?}");
        }
    }
}
