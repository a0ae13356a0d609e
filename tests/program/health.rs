//! `ensilinja health` asks a real process: which address it asks, what it says, and how it ends.

use std::net::TcpListener;
use std::process::{Child, Stdio};

use ensilinja_test_support::{PATIENCE, TemporaryFolder, poll_until};

use crate::command_line::{command, run, run_command};
use crate::repository::top;

/// A processor whose brokers do not answer: it is alive and not ready. Dropping the value stops it.
struct WithoutBrokers(Child);

impl WithoutBrokers {
    fn start(listen: &str) -> Self {
        // There is no broker at port 1.
        let mut command =
            command(&["run", "--config", "deploy/ensilinja.toml", "--listen", listen, "--brokers", "127.0.0.1:1"]);
        let command = command.current_dir(top()).stdout(Stdio::null()).stderr(Stdio::null());
        Self(command.spawn().unwrap())
    }
}

impl Drop for WithoutBrokers {
    fn drop(&mut self) {
        // It may have ended already.
        let _ = self.0.kill();
        let _ = self.0.wait();
    }
}

#[test]
fn a_process_is_asked_where_it_listens_and_the_answer_no_says_why() {
    let listen = TcpListener::bind("127.0.0.1:0").and_then(|listener| listener.local_addr()).unwrap().to_string();
    let (status, out, err) = run(&["health", "--listen", &listen]);
    assert_eq!((status, out.as_str()), (Some(1), ""));
    assert!(err.starts_with(&format!("error: http://{listen} cannot be reached: Connection refused")), "{err}");

    let processor = WithoutBrokers::start(&listen);
    assert!(poll_until(PATIENCE, || run(&["health", "--listen", &listen]).0 == Some(0)));
    let alive = (Some(0), "alive\n".to_owned(), String::new());
    assert_eq!(run(&["health", "--timeout", "30", "--url", &format!("http://{listen}/")]), alive);
    assert_eq!(run_command(command(&["health", "--timeout", "30"]).env("ENSILINJA_LISTEN", &listen)), alive);
    let folder = TemporaryFolder::new("health");
    // The rest of the file does not matter, nor does the address that it says if another one is given.
    let file = folder.write("edited.toml", format!("[server]\nlisten = \"{listen}\"\n[kafka]\nmisspelt = 1\n"));
    assert_eq!(run_command(command(&["health", "--timeout", "30"]).env("ENSILINJA_CONFIG", &file)), alive);
    let every_network = listen.replace("127.0.0.1", "0.0.0.0");
    assert_eq!(
        run(&["health", "--timeout", "30", "--listen", &every_network, "--config", file.to_str().unwrap()]),
        alive
    );

    let (status, out, err) = run(&["health", "--timeout", "30", "--listen", &listen, "--ready"]);
    assert_eq!((status, out.as_str()), (Some(1), ""));
    assert!(err.starts_with(&format!("error: http://{listen}/readyz answers 503: not ready; ")), "{err}");
    assert_eq!(err.lines().count(), 1, "{err}");
    drop(processor);
    assert_eq!(run(&["health", "--listen", &listen]).0, Some(1));
}

#[test]
fn a_process_that_does_not_answer_in_time_is_not_alive() {
    // The system accepts the connection, and nothing answers it.
    let silent = TcpListener::bind("127.0.0.1:0").unwrap();
    let url = format!("http://{}", silent.local_addr().unwrap());
    let (status, _, err) = run(&["health", "--url", &url, "--timeout", "1"]);
    assert_eq!((status, err), (Some(1), format!("error: {url} did not answer within 1 s\n")));
}

#[test]
fn an_address_that_is_not_known_is_bad_usage() {
    let (status, _, err) = run(&["health", "--listen", "127.0.0.1:0"]);
    assert_eq!(status, Some(2));
    assert!(err.contains("it is not known where the process listens: give --url"), "{err}");
    let (status, _, err) = run(&["health", "--config", "no-such-file.toml"]);
    assert_eq!(status, Some(2));
    assert!(err.starts_with("error: no-such-file.toml: cannot be read: "), "{err}");
}
