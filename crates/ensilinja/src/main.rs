//! The binary: reads the command line, dispatches the command, prints its error, and returns the exit status.

use std::ffi::OsString;
use std::io::{self, Write as _};
use std::process::ExitCode;

use ensilinja::cli;
use ensilinja::console::colour::{self, Colour};
use ensilinja::dispatch::dispatch;
use ensilinja::exit_status::ExitStatus;
use ensilinja_model::{is_printable, printable_lines};

fn main() -> ExitCode {
    let command_line = match cli::read(std::env::args_os()) {
        Ok(command_line) => command_line,
        Err(usage) => return print_usage(&usage),
    };
    let ended = dispatch(command_line.command);
    if let Err(error) = &ended {
        let mut stderr = io::stderr();
        let sign = Colour::Bad.paint("error:", colour::wanted_on(&stderr));
        // If standard error is closed, there is nowhere to report that.
        let _ = writeln!(stderr, "{sign} {}", printable_lines(&format!("{:#}", error.reason())));
    }
    ExitCode::from(ExitStatus::after(&ended).code())
}

/// Prints what is wrong with the command line, or the help or version that it asks for. A text with control characters
/// is printed without colours, with these characters as codes.
fn print_usage(usage: &clap::Error) -> ExitCode {
    let is_unprintable = |word: OsString| !word.to_string_lossy().chars().all(is_printable);
    let text = usage.render().to_string();
    let shown = printable_lines(&text);
    // If the stream is closed, there is nowhere to report that.
    if usage.use_stderr() && (shown != text || std::env::args_os().any(is_unprintable)) {
        let _ = io::stderr().write_all(shown.as_bytes());
    } else {
        let _ = usage.print();
    }
    u8::try_from(usage.exit_code()).map_or(ExitCode::FAILURE, ExitCode::from)
}
