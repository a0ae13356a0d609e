//! One HTTP request on a connection of its own, with no more of HTTP than a test needs.

use std::io::{self, Read as _, Write as _};
use std::net::{SocketAddr, TcpStream};

use crate::polling::PATIENCE;

/// The answer to a request.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Answer {
    /// The status code: 200, 503 and so on.
    pub status: u16,
    /// Everything after the header.
    pub body: String,
}

/// Requests a page.
///
/// # Errors
///
/// The server cannot be reached, sends nothing for 90 s, or answers with something other than HTTP.
pub fn get(address: SocketAddr, path: &str) -> io::Result<Answer> {
    get_with(address, path, "")
}

/// Requests a page, with further header lines that each end with CR LF.
///
/// # Errors
///
/// As for [`get`].
pub fn get_with(address: SocketAddr, path: &str, more: &str) -> io::Result<Answer> {
    exchange(address, &format!("GET {path} HTTP/1.0\r\nHost: test\r\nConnection: close\r\n{more}\r\n"))
}

/// Posts a JSON document.
///
/// # Errors
///
/// As for [`get`].
pub fn post_json(address: SocketAddr, path: &str, document: &str) -> io::Result<Answer> {
    let head = format!("POST {path} HTTP/1.0\r\nHost: test\r\nContent-Type: application/json");
    exchange(address, &format!("{head}\r\nContent-Length: {}\r\n\r\n{document}", document.len()))
}

fn exchange(address: SocketAddr, request: &str) -> io::Result<Answer> {
    let mut stream = TcpStream::connect(address)?;
    stream.set_read_timeout(Some(PATIENCE))?;
    stream.write_all(request.as_bytes())?;
    let mut text = String::new();
    stream.read_to_string(&mut text)?;
    let (header, body) = text.split_once("\r\n\r\n").ok_or(io::ErrorKind::UnexpectedEof)?;
    let status = header.split(' ').nth(1).and_then(|status| status.parse().ok());
    Ok(Answer { status: status.ok_or(io::ErrorKind::InvalidData)?, body: body.to_owned() })
}
