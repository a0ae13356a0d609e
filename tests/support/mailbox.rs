//! A mail server that takes every letter and keeps it: just enough of SMTP for Alertmanager.

use std::io::{self, BufRead as _, BufReader, Write as _};
use std::net::{SocketAddr, TcpListener, TcpStream};
use std::sync::{Arc, Mutex};
use std::time::{Duration, Instant};

use crate::program::PATIENCE;

/// Letters as they came. The thread that takes them ends with the test process.
pub struct Mailbox {
    address: SocketAddr,
    letters: Arc<Mutex<Vec<String>>>,
}

impl Mailbox {
    /// Listens on a free port.
    pub fn listen() -> Self {
        let listener = TcpListener::bind(("127.0.0.1", 0)).unwrap();
        let address = listener.local_addr().unwrap();
        let letters = Arc::new(Mutex::new(Vec::new()));
        let taken = Arc::clone(&letters);
        std::thread::spawn(move || {
            for stream in listener.incoming() {
                taken.lock().unwrap().push(letter(stream.unwrap()).unwrap());
            }
        });
        Self { address, letters }
    }

    /// Where it listens.
    pub fn address(&self) -> SocketAddr {
        self.address
    }

    /// Waits for the letter of this number, from 0, and gives it in plain text: headers and body.
    #[track_caller]
    pub fn wait_for(&self, number: usize) -> String {
        let deadline = Instant::now() + PATIENCE;
        loop {
            if let Some(letter) = self.letters.lock().unwrap().get(number) {
                return decoded(letter);
            }
            assert!(Instant::now() < deadline, "letter {number} does not come");
            std::thread::sleep(Duration::from_millis(20));
        }
    }
}

/// Takes one letter by SMTP.
fn letter(stream: TcpStream) -> io::Result<String> {
    let mut lines = BufReader::new(stream);
    let mut letter = String::new();
    lines.get_mut().write_all(b"220 test\r\n")?;
    loop {
        let mut line = String::new();
        if lines.read_line(&mut line)? == 0 {
            return Ok(letter);
        }
        let reply = match line.get(..4) {
            Some("DATA") => {
                lines.get_mut().write_all(b"354 go on\r\n")?;
                while !letter.ends_with("\r\n.\r\n") {
                    lines.read_line(&mut letter)?;
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
fn decoded(letter: &str) -> String {
    let letter = letter.replace("?=\r\n =?utf-8?q?", "").replace("?=\r\n", "\r\n").replace("=\r\n", "");
    let mut parts = letter.split('=');
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
    // The marks between the parts of a letter may look encoded, and are not.
    String::from_utf8_lossy(&bytes).into_owned()
}
