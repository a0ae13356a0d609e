//! The built program on a command line, from its arguments to its end, and the files that such runs share.

#![allow(dead_code, reason = "each test target uses a part of it")]

use std::path::PathBuf;
use std::process::{Command, Output, Stdio};
use std::sync::LazyLock;

/// Every environment variable that the program reads.
const VARIABLES: [&str; 12] = [
    "ENSILINJA_CONFIG",
    "ENSILINJA_BROKERS",
    "ENSILINJA_LISTEN",
    "ENSILINJA_WEB_CONFIG_FILE",
    "ENSILINJA_HTTP_CONFIG_FILE",
    "ENSILINJA_SHARD",
    "ENSILINJA_LOG",
    "ENSILINJA_CORE_DUMPS",
    "SSL_CERT_FILE",
    "SSL_CERT_DIR",
    "NO_COLOR",
    "CLICOLOR_FORCE",
];

/// The county's events of a weekend on which the clocks go back, in a file: 2025-10-24 to 2025-10-26.
pub static AUTUMN: LazyLock<String> = LazyLock::new(|| simulated("autumn.jsonl", "2025-10-24", "2025-10-27"));

/// How a run ended: its exit status, standard output and standard error.
pub type Ended = (Option<i32>, String, String);

/// The program with these arguments, an empty standard input, and none of the variables that it reads.
pub fn command(arguments: &[&str]) -> Command {
    let mut command = without_variables(env!("CARGO_BIN_EXE_ensilinja"));
    command.args(arguments);
    command
}

/// A shell that runs `script` with the path of the program as `$0` and the arguments that follow, in the same
/// environment.
pub fn shell(script: &str) -> Command {
    let mut command = without_variables("bash");
    command.args(["-c", script, env!("CARGO_BIN_EXE_ensilinja")]);
    command
}

fn without_variables(program: &str) -> Command {
    let mut command = Command::new(program);
    command.stdin(Stdio::null());
    for variable in VARIABLES {
        command.env_remove(variable);
    }
    command
}

/// Runs a command to its end.
pub fn run_command(command: &mut Command) -> Ended {
    ended(command.output().unwrap())
}

/// The same of a process that has ended.
pub fn ended(output: Output) -> Ended {
    let [out, err] = [output.stdout, output.stderr].map(|text| String::from_utf8(text).unwrap());
    (output.status.code(), out, err)
}

/// Runs the program with these arguments to its end.
pub fn run(arguments: &[&str]) -> Ended {
    run_command(&mut command(arguments))
}

/// The standard output of the program with these arguments, which has to end with status 0.
#[track_caller]
pub fn printed(arguments: &[&str]) -> String {
    let (status, out, err) = run(arguments);
    assert_eq!(status, Some(0), "{arguments:?}: {err}");
    out
}

/// The path of a file in cargo's folder for the files of tests. All tests share the folder, so each name is used by one
/// test or static only.
pub fn file(name: &str) -> String {
    PathBuf::from(env!("CARGO_TARGET_TMPDIR")).join(name).to_str().unwrap().to_owned()
}

/// Simulates the county from one date to another into such a file, and returns its path.
#[track_caller]
pub fn simulated(name: &str, from: &str, to: &str) -> String {
    let path = file(name);
    printed(&["simulate", "--from", from, "--to", to, "--output", &path, "--force"]);
    path
}
