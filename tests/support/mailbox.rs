//! A mail server that keeps every message: just enough of SMTP for Alertmanager.

use ensilinja_test_support::{PATIENCE, poll_for};
use std::io::{self, BufRead as _, BufReader, Write as _};
use std::net::{SocketAddr, TcpListener, TcpStream};
use std::sync::{Arc, Mutex};

/// The messages, in the order of arrival. The thread that accepts them ends with the test process.
pub struct Mailbox {
    address: SocketAddr,
    messages: Arc<Mutex<Vec<String>>>,
}

impl Mailbox {
    /// Listens on a free port.
    pub fn listen() -> Self {
        let listener = TcpListener::bind(("127.0.0.1", 0)).unwrap();
        let address = listener.local_addr().unwrap();
        let messages = Arc::new(Mutex::new(Vec::new()));
        let taken = Arc::clone(&messages);
        std::thread::spawn(move || {
            for stream in listener.incoming() {
                taken.lock().unwrap().push(message(stream.unwrap()).unwrap());
            }
        });
        Self { address, messages }
    }

    /// The address on which it listens.
    pub fn address(&self) -> SocketAddr {
        self.address
    }

    /// Waits for a message by its number, counted from 0, and returns it as plain text: headers and body.
    #[track_caller]
    pub fn wait_for(&self, number: usize) -> String {
        let message = || self.messages.lock().unwrap().get(number).map(|message| decoded(message));
        poll_for(PATIENCE, message).unwrap_or_else(|| panic!("message {number} does not arrive"))
    }
}

/// Accepts one message by SMTP.
fn message(stream: TcpStream) -> io::Result<String> {
    let mut lines = BufReader::new(stream);
    let mut message = String::new();
    lines.get_mut().write_all(b"220 test\r\n")?;
    loop {
        let mut line = String::new();
        if lines.read_line(&mut line)? == 0 {
            return Ok(message);
        }
        let reply = match line.get(..4) {
            Some("DATA") => {
                lines.get_mut().write_all(b"354 go on\r\n")?;
                while !message.ends_with("\r\n.\r\n") {
                    lines.read_line(&mut message)?;
                }
                "250 taken\r\n"
            }
            Some("QUIT") => "221 bye\r\n",
            _ => "250 fine\r\n",
        };
        lines.get_mut().write_all(reply.as_bytes())?;
    }
}

/// Undoes the quoted-printable of bodies and of headers, in which spaces stay underscores.
fn decoded(message: &str) -> String {
    let message = message.replace("?=\r\n =?utf-8?q?", "").replace("?=\r\n", "\r\n").replace("=\r\n", "");
    let mut parts = message.split('=');
    let mut bytes = parts.next().unwrap_or_default().as_bytes().to_vec();
    for part in parts {
        match part.get(..2).and_then(|digits| u8::from_str_radix(digits, 16).ok()) {
            Some(byte) => {
                bytes.push(byte);
                bytes.extend(&part.as_bytes()[2..]);
            }
            None => bytes.extend([b"=", part.as_bytes()].concat()),
        }
    }
    // The boundaries between the parts of a message may look encoded and are not.
    String::from_utf8_lossy(&bytes).into_owned()
}
