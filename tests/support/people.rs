//! The people who receive notifications: a small HTTP server with an address for each receiver.
//!
//! Each receiver gets a notification twice: by a webhook, which names the alerts, and as a chat message, whose text
//! comes from the templates.

use std::io::{self, BufRead as _, BufReader, Read as _, Write as _};
use std::net::{SocketAddr, TcpListener, TcpStream};
use std::sync::{Arc, Mutex};

use ensilinja_model::EventTime;
use ensilinja_test_support::{PATIENCE, poll_for};
use serde_json::{Value, json};

use crate::feed::now;

/// All receivers. The threads end with the test process.
pub struct People {
    address: SocketAddr,
    told: Arc<Mutex<Vec<Told>>>,
}

/// A notification as it arrived.
#[derive(Clone, Debug)]
pub struct Told {
    /// The receiver, as the routes name it.
    pub receiver: String,
    /// When it arrived.
    pub at: EventTime,
    /// What was sent.
    pub notification: Notification,
}

/// A notification by one of the two ways.
#[derive(Clone, Debug)]
pub enum Notification {
    /// By the webhook: the name of each alert, and whether it is resolved.
    Alerts(Vec<(String, bool)>),
    /// As a chat message.
    Words {
        /// One line.
        subject: String,
        /// The whole message.
        text: String,
    },
}

impl People {
    /// Listens on a free port.
    pub fn listen() -> Self {
        let listener = TcpListener::bind(("127.0.0.1", 0)).unwrap();
        let address = listener.local_addr().unwrap();
        let told = Arc::new(Mutex::new(Vec::new()));
        let received = Arc::clone(&told);
        std::thread::spawn(move || {
            for stream in listener.incoming() {
                let (stream, received) = (stream.unwrap(), Arc::clone(&received));
                // A client may open a connection in advance and send nothing on it. It must not block the others.
                std::thread::spawn(move || {
                    if let Ok((path, body)) = request(stream) {
                        received.lock().unwrap().push(read(&path, &body));
                    }
                });
            }
        });
        Self { address, told }
    }

    /// A receiver for the configuration of Alertmanager that sends to this server.
    pub fn receiver(&self, name: &str) -> Value {
        let address = |way: &str| format!("http://{}/{name}/{way}", self.address);
        json!({
            "name": name,
            "webhook_configs": [{ "url": address("alerts"), "send_resolved": true }],
            "slack_configs": [{ "api_url": address("words"), "channel": "any", "send_resolved": true }],
        })
    }

    /// Every notification that a receiver has got.
    pub fn told(&self, receiver: &str) -> Vec<Told> {
        let told = self.told.lock().unwrap();
        told.iter().filter(|told| told.receiver == receiver).cloned().collect()
    }

    /// Waits until a receiver gets, at `since` or later, a webhook about an alert that fires or, with `over`, is
    /// resolved. Returns when it arrived.
    #[track_caller]
    pub fn wait_until_told(&self, receiver: &str, alert: &str, over: bool, since: EventTime) -> EventTime {
        let about = (alert.to_owned(), over);
        let is_about = |told: &Told| matches!(&told.notification, Notification::Alerts(all) if all.contains(&about));
        let is_it = |told: &Told| told.at >= since && is_about(told);
        let told = poll_for(PATIENCE, || self.told(receiver).into_iter().find(is_it));
        told.unwrap_or_else(|| panic!("{receiver} is not told of {about:?}, only {:#?}", self.told(receiver))).at
    }

    /// Waits until a receiver gets a chat message whose subject begins with `begins`. Returns the subject, a line break
    /// and the text.
    #[track_caller]
    pub fn wait_for_words(&self, receiver: &str, begins: &str) -> String {
        let message = |told: &Told| match &told.notification {
            Notification::Words { subject, text } if subject.starts_with(begins) => Some(format!("{subject}\n{text}")),
            _ => None,
        };
        let words = poll_for(PATIENCE, || self.told(receiver).iter().find_map(message));
        words.unwrap_or_else(|| panic!("{receiver} is not told {begins:?}, only {:#?}", self.told(receiver)))
    }
}

fn read(path: &str, body: &[u8]) -> Told {
    let at = now();
    let (receiver, way) = path.trim_start_matches('/').split_once('/').expect("a receiver and a way");
    let body: Value = serde_json::from_slice(body).unwrap();
    let text = |value: &Value| value.as_str().expect("a text").to_owned();
    let notification = if way == "words" {
        let words = &body["attachments"][0];
        Notification::Words { subject: text(&words["title"]), text: text(&words["text"]) }
    } else {
        let about = |alert: &Value| (text(&alert["labels"]["alertname"]), alert["status"] == "resolved");
        Notification::Alerts(body["alerts"].as_array().unwrap().iter().map(about).collect())
    };
    Told { receiver: receiver.to_owned(), at, notification }
}

/// Reads a request, acknowledges it and returns its path and body. Fails if the connection ends before that.
fn request(stream: TcpStream) -> io::Result<(String, Vec<u8>)> {
    let mut reader = BufReader::new(stream);
    let (mut path, mut length) = (String::new(), 0);
    loop {
        let mut line = String::new();
        if reader.read_line(&mut line)? == 0 {
            return Err(io::ErrorKind::UnexpectedEof.into());
        }
        let line = line.trim_end().to_ascii_lowercase();
        if let Some(rest) = line.strip_prefix("post ") {
            path.extend(rest.split(' ').next());
        } else if let Some(rest) = line.strip_prefix("content-length: ") {
            length = rest.parse().unwrap();
        } else if line.is_empty() {
            break;
        }
    }
    let mut body = vec![0; length];
    reader.read_exact(&mut body)?;
    reader.get_mut().write_all(b"HTTP/1.1 200 OK\r\nContent-Length: 2\r\nConnection: close\r\n\r\nok")?;
    Ok((path, body))
}
