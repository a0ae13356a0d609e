//! Signals to a child process.

use std::process::{Child, Command};

/// Sends a signal, such as `INT` or `TERM`.
pub fn send_signal(child: &Child, name: &str) {
    let sent = Command::new("kill").arg(format!("-{name}")).arg(child.id().to_string()).status().unwrap();
    assert!(sent.success(), "kill -{name} failed");
}
