//! The table of commands in use: help, completions, manual pages, environment variables, colours, JSON, closed pipes,
//! exit statuses, and the reference page that is made from the table.

use std::fmt::Write as _;
use std::fs;
use std::io::Write as _;
use std::path::{Path, PathBuf};
use std::process::{Command, Stdio};

use ensilinja::cli::after_help::{Part, parts};
use ensilinja::cli::table;
use ensilinja_test_support::{TemporaryFolder, non_empty};

use crate::command_line::{self, command, run, run_command};

const SAMPLE: &str = concat!(env!("CARGO_MANIFEST_DIR"), "/../../deploy/ensilinja.toml");

/// No process listens there.
const NO_BROKER: &str = "127.0.0.1:1";

/// The standard output of the program, which has to end with status 0 and without a word on standard error.
#[track_caller]
fn printed(words: &[&str]) -> String {
    let (status, out, err) = run(words);
    assert_eq!((status, err.as_str()), (Some(0), ""), "{words:?}");
    out
}

/// Every command and subcommand, each as its words.
fn commands(command: &clap::Command, words: &[String]) -> Vec<Vec<String>> {
    let below = command.get_subcommands().flat_map(|part| {
        let words = [words, &[part.get_name().to_owned()]].concat();
        commands(part, &words)
    });
    std::iter::once(words.to_vec()).chain(below).collect()
}

fn all_commands() -> Vec<Vec<String>> {
    commands(&table(), &[])
}

#[test]
fn every_command_has_help_on_standard_output_without_colours_in_a_pipe() {
    for words in all_commands() {
        let asked: Vec<&str> = words.iter().map(String::as_str).chain(["--help"]).collect();
        let help = printed(&asked);
        assert!(help.contains("Usage: ensilinja") && help.contains("Exit status:\n  0  "), "{asked:?}: {help}");
        assert!(!help.contains('\u{1b}'), "{help}");
        if words.len() == 1 && !help.contains("Commands:") {
            assert!(help.contains("Examples:\n  ensilinja "), "{help}");
        }
    }
}

#[test]
fn an_unknown_argument_is_an_error_on_standard_error_with_status_2_and_starts_nothing() {
    for words in all_commands() {
        let asked: Vec<&str> = words.iter().map(String::as_str).chain(["--no-such-argument"]).collect();
        let (status, out, err) = run(&asked);
        assert_eq!((status, out.as_str()), (Some(2), ""), "{asked:?}");
        assert!(err.starts_with("error: ") && err.contains("Usage: ensilinja") && !err.contains('\u{1b}'), "{err}");
    }
    let (status, _, err) = run(&["chekc"]);
    assert_eq!(status, Some(2));
    assert!(err.contains("check"), "the nearest command is named: {err}");
    for words in [["lines", "--line", "mpia"], ["calendar", "--line", "mpia"]] {
        let (status, out, err) = run(&words);
        assert_eq!((status, out.as_str()), (Some(2), ""));
        assert_eq!(err, "error: --line mpia is not a configured line; did you mean mipa?\n");
    }
    let (status, _, err) = run(&["check", "--config", "no-such-file.toml"]);
    assert_eq!(status, Some(2));
    assert!(err.starts_with("error: no-such-file.toml: cannot be read: "), "{err}");
}

#[test]
fn environment_variables_apply_unless_an_argument_is_given() {
    let wrong = file("wrong.toml", "lines = 3\n");
    for name in ["run", "check", "lines", "calendar", "simulate"] {
        let (status, _, err) = run_command(command(&[name]).env("ENSILINJA_CONFIG", &wrong));
        assert_eq!(status, Some(2), "{name}: {err}");
        assert!(err.contains("wrong.toml:1: lines is unknown"), "{name}: {err}");
        let (status, _, err) = run_command(command(&[name, "--config", "b.toml"]).env("ENSILINJA_CONFIG", &wrong));
        assert_eq!(status, Some(2), "{name}");
        assert!(err.contains("b.toml"), "an argument decides: {err}");
    }
    let (status, out, _) = run_command(command(&["check", "--config", SAMPLE]).env("ENSILINJA_BROKERS", NO_BROKER));
    assert_eq!(status, Some(3), "{out}");
    assert!(out.contains("127.0.0.1:1: does not answer"), "{out}");
    for (variable, value) in [("ENSILINJA_BROKERS", "kafka"), ("ENSILINJA_LISTEN", "localhost:9464")] {
        let (status, _, err) = run_command(command(&["run", "--config", SAMPLE]).env(variable, value));
        assert_eq!(status, Some(2), "{variable}");
        assert!(err.contains(value), "{err}");
    }
}

#[test]
fn an_empty_variable_counts_as_unset() {
    let empty = |words: &[&str]| {
        let mut program = command(words);
        for variable in ["ENSILINJA_CONFIG", "ENSILINJA_BROKERS", "ENSILINJA_LISTEN", "ENSILINJA_WEB_CONFIG_FILE"] {
            program.env(variable, "");
        }
        run_command(&mut program)
    };
    let (status, _, err) = empty(&["lines"]);
    assert_eq!(status, Some(0), "{err}");
    let (status, _, err) = empty(&["run"]);
    assert_eq!(status, Some(2));
    assert!(err.contains("required arguments were not provided") && err.contains("--config <FILE>"), "{err}");
    let (status, _, err) = empty(&["dlq", "list", "--config", "no-such-file.toml"]);
    assert_eq!(status, Some(2));
    assert!(err.contains("no-such-file.toml: cannot be read"), "{err}");
}

#[test]
fn help_is_a_command_too() {
    for words in [&["check"][..], &["dlq", "list"]] {
        let as_argument = printed(&[words, &["--help"]].concat());
        assert_eq!(printed(&[&["help"], words].concat()), as_argument, "{words:?}");
    }
}

#[test]
fn labels_that_prometheus_would_not_take_are_refused() {
    let asked = ["replay", "--events", "no-such", "--at", "2025-09-15", "--format", "openmetrics", "--label"];
    for more in [&["a=1", "--label", "a=2"][..], &["__name__=x"], &["a="], &["line=x"], &["le=1"]] {
        let (status, _, err) = run(&[&asked[..], more].concat());
        assert_eq!(status, Some(2), "{err}");
        assert!(err.contains("--label"), "{err}");
    }
}

/// A variable counts as a given argument, and must not conflict with the arguments of another command.
#[test]
fn variables_set_for_all_commands_hinder_no_command() {
    let events = command_line::file("commands.jsonl");
    let set = |words: &[&str]| {
        let mut program = command(words);
        program.env("ENSILINJA_CONFIG", SAMPLE).env("ENSILINJA_BROKERS", NO_BROKER).env("ENSILINJA_LISTEN", NO_BROKER);
        run_command(&mut program)
    };
    let past = ["--from", "2025-09-14", "--to", "2025-09-16"];
    let (status, _, err) = set(&[&["simulate"], &past[..], &["--output", &events, "--force"]].concat());
    assert_eq!(status, Some(0), "a simulation into a file needs no brokers: {err}");
    let both = [&["simulate"], &past[..], &["--output", &events, "--brokers", NO_BROKER]].concat();
    let (status, _, err) = set(&both);
    assert_eq!(status, Some(2), "{err}");
    assert!(err.contains("cannot be used with '--brokers"), "{err}");
    let asked = ["--events", &events, "--from", "2025-09-15", "--to", "2025-09-16"];
    let (status, out, err) = set(&[&["report"], &asked[..], &["--format", "csv"]].concat());
    assert_eq!(status, Some(0), "a report of a file needs no brokers: {err}");
    assert!(out.lines().count() > 100, "{out}");
    for words in [&["lines"][..], &["calendar"], &["completions", "bash"], &["man"]] {
        assert_eq!(set(words).0, Some(0), "{words:?}");
    }
}

#[test]
fn there_are_no_colours_with_no_color_or_in_a_pipe() {
    for words in [&["--help"][..], &["run"], &["lines", "--line", "mpia"], &["lines"]] {
        let (_, out, err) = run_command(command(words).env("NO_COLOR", "1"));
        assert!(!out.contains('\u{1b}') && !err.contains('\u{1b}'), "{out}{err}");
    }
}

#[test]
fn the_json_format_is_valid_json_with_its_schema() {
    let dates = ["--from", "2025-12-22"];
    for (words, schema) in [
        ([&["lines"][..], &dates].concat(), "ensilinja.lines/1"),
        ([&["calendar"][..], &dates].concat(), "ensilinja.calendar/1"),
        (vec!["calendar", "--year", "2025", "--line", "mipa"], "ensilinja.calendar/1"),
        (vec!["check", "--config", SAMPLE, "--brokers", NO_BROKER], "ensilinja.check/1"),
    ] {
        let (_, out, err) = run_command(command(&words).args(["--format", "json"]));
        let document: serde_json::Value =
            serde_json::from_str(&out).unwrap_or_else(|no| panic!("{words:?}: {no}{err}"));
        assert_eq!(document["schema"], schema);
    }
}

#[test]
fn every_command_that_prints_a_table_prints_json_too() {
    let mut tables = 0;
    for words in all_commands().iter().filter(|words| !words.is_empty()) {
        let mut command = table();
        for word in words {
            command = command.find_subcommand(word).unwrap().clone();
        }
        let format = command.get_arguments().find(|argument| argument.get_id() == "format");
        let formats = format.map(clap::Arg::get_possible_values).unwrap_or_default();
        let names: Vec<&str> = formats.iter().map(clap::builder::PossibleValue::get_name).collect();
        if names.contains(&"table") {
            assert!(names.contains(&"json") || names.contains(&"jsonl"), "{words:?} has {names:?}");
            tables += 1;
        }
    }
    assert!(tables > 5, "{tables} commands print a table");
}

#[test]
fn a_year_of_one_line_has_its_christmas_helatorstai_and_days_of_23_and_25_hours() {
    let year = ["calendar", "--year", "2025", "--format", "json", "--line", "neuvola", "--line", "116117"];
    let document: serde_json::Value = serde_json::from_str(&printed(&year)).unwrap();
    let open_hours = |line: usize, date: &str| {
        let days = document["lines"][line]["days"].as_array().unwrap();
        days.iter().find(|day| day["date"] == date).unwrap()["open_seconds"].as_i64().unwrap() / 3600
    };
    let (always, neuvola) = (0, 1);
    for (line, date, hours) in [
        (neuvola, "2025-05-28", 7),
        (neuvola, "2025-05-29", 0),
        (neuvola, "2025-12-23", 7),
        (neuvola, "2025-12-24", 0),
        (neuvola, "2025-12-26", 0),
        (neuvola, "2025-12-29", 7),
        (always, "2025-12-25", 24),
        (always, "2025-03-30", 23),
        (always, "2025-10-26", 25),
    ] {
        assert_eq!(open_hours(line, date), hours, "{date}");
    }
    assert_eq!(document["holidays"].as_array().unwrap().len(), 13);
    assert_eq!(document["clock_changes"][0]["at"], "2025-03-30T04:00:00+03:00");
}

/// 1 May 2026 is a Friday: the holiday cuts the night from Thursday, and the end of its own night remains on Saturday.
#[test]
fn nights_that_a_holiday_breaks_are_listed_with_the_rules_to_add() {
    let sample = fs::read_to_string(SAMPLE).unwrap();
    let with_hours = |hours: &str| {
        let text = sample.replacen("hours = \"24/7\"", &format!("hours = \"{hours}\""), 1);
        file("commands-nights.toml", &text).to_str().unwrap().to_owned()
    };
    let config = with_hours("Mo-Fr 18:00-03:00; PH off");
    let may = ["calendar", "--config", &config, "--from", "2026-04-27", "--days", "10", "--line", "116117"];
    let table = printed(&may);
    for words in [
        "Fri 2026-05-01 00:00 ends the night that would go on until 03:00",
        "2026 May 01 00:00-03:00",
        "Sat 2026-05-02 is open 00:00-03:00, the end of a night that did not begin",
        "2026 May 02 off",
    ] {
        assert!(table.contains(words), "{words}\n{table}");
    }
    let json: serde_json::Value = serde_json::from_str(&printed(&[&may[..], &["--format", "json"]].concat())).unwrap();
    let broken = json["broken_nights"].as_array().unwrap();
    let found: Vec<_> = broken.iter().map(|night| (night["break"].as_str(), night["rule"].as_str())).collect();
    assert_eq!(found, [(Some("cut"), Some("2026 May 01 00:00-03:00")), (Some("left_over"), Some("2026 May 02 off"))]);
    let (_, out, _) = run(&["check", "--config", &config, "--brokers", NO_BROKER]);
    assert!(out.contains("warning") && out.contains("break at midnight"), "{out}");
    let eve = with_hours("Mo-Su 18:00-03:00; Dec 24 18:00-02:00");
    let of_eve = ["calendar", "--config", &eve, "--from", "2026-12-25", "--days", "1", "--line", "116117"];
    let table = printed(&of_eve);
    let words = "Fri 2026-12-25 is open 00:00-03:00, though the hours of the night before are written until 02:00";
    assert!(table.contains(words) && table.contains("2026 Dec 25 00:00-02:00,18:00-03:00"), "{table}");
    let json: serde_json::Value =
        serde_json::from_str(&printed(&[&of_eve[..], &["--format", "json"]].concat())).unwrap();
    let night = &json["broken_nights"][0];
    assert_eq!(night["break"], "other_end");
    assert_eq!([&night["until_seconds"], &night["written_until_seconds"]], [3 * 3600, 2 * 3600]);
    let mended = with_hours("Mo-Fr 18:00-03:00; PH off; 2026 May 01 00:00-03:00; 2026 May 02 off");
    let table = printed(&["calendar", "--config", &mended, "--from", "2026-04-27", "--days", "10", "--line", "116117"]);
    assert!(!table.contains("RULE TO ADD"), "{table}");
}

#[test]
fn a_reader_that_closes_the_pipe_ends_a_listing_without_an_error() {
    for words in [&["calendar", "--year", "2025"][..], &["lines"], &["man"], &["completions", "zsh"]] {
        let mut program = command(words).stdout(Stdio::piped()).stderr(Stdio::piped()).spawn().unwrap();
        drop(program.stdout.take());
        let ended = program.wait_with_output().unwrap();
        let complaint = String::from_utf8(ended.stderr).unwrap();
        assert!(ended.status.success() && complaint.is_empty(), "{words:?}: {complaint}");
    }
}

#[test]
fn a_full_disk_is_an_error() {
    let full = fs::File::options().write(true).open("/dev/full").unwrap();
    let ended = command(&["lines"]).stdout(full).output().unwrap();
    assert_eq!(ended.status.code(), Some(1));
    let err = String::from_utf8(ended.stderr).unwrap();
    assert!(err.starts_with("error: standard output cannot be written: No space left"), "{err}");
}

#[test]
fn every_shell_gets_completions_with_every_command() {
    for shell in ["bash", "elvish", "fish", "powershell", "zsh"] {
        let script = printed(&["completions", shell]);
        for words in non_empty("commands", all_commands().into_iter().filter(|words| words.len() == 1)) {
            assert!(script.contains(&words[0]), "{shell} does not complete {words:?}");
        }
    }
    let mut bash = Command::new("bash").arg("-n").stdin(Stdio::piped()).stderr(Stdio::piped()).spawn().unwrap();
    bash.stdin.take().unwrap().write_all(printed(&["completions", "bash"]).as_bytes()).unwrap();
    let ended = bash.wait_with_output().unwrap();
    assert!(ended.status.success(), "{}", String::from_utf8_lossy(&ended.stderr));
}

/// The completions of a real bash.
#[test]
fn bash_completes_a_command_and_its_arguments() {
    let script = file("completions.bash", &printed(&["completions", "bash"]));
    for (words, expected) in [("ensilinja cal", "calendar"), ("ensilinja check --sam", "--sample")] {
        let parts: Vec<&str> = words.split(' ').collect();
        let (last, before) = (parts[parts.len() - 1], parts[parts.len() - 2]);
        let asked = format!(
            "source {}; COMP_WORDS=({words}); COMP_CWORD={}; _ensilinja ensilinja {last} {before}; echo \"${{COMPREPLY[@]}}\"",
            script.display(),
            parts.len() - 1
        );
        let answer = Command::new("bash").args(["-c", &asked]).output().unwrap();
        assert_eq!(String::from_utf8(answer.stdout).unwrap().trim(), expected, "{words}");
    }
}

#[test]
fn every_command_has_a_manual_page_that_renders() {
    let temporary = TemporaryFolder::new("manual");
    let folder = temporary.file("man1");
    assert_eq!(printed(&["man", "--output", folder.to_str().unwrap()]), "");
    let mut pages: Vec<String> =
        fs::read_dir(&folder).unwrap().map(|entry| entry.unwrap().file_name().into_string().unwrap()).collect();
    pages.sort();
    let mut expected: Vec<String> = all_commands()
        .iter()
        .map(|words| format!("{}.1", [&["ensilinja".to_owned()], words.as_slice()].concat().join("-")))
        .collect();
    expected.sort();
    assert_eq!(pages, expected, "each command has one, and nothing half-written is left");
    assert_eq!(fs::read_to_string(folder.join("ensilinja-check.1")).unwrap(), printed(&["man", "check"]));
    let Some((setter, words)) = setter() else {
        // The texts of the pages are the help texts, which other tests read.
        eprintln!("the manual pages were not rendered: groff, mandoc and man are missing");
        return;
    };
    for page in expected {
        let set = Command::new(setter).args(words).arg(folder.join(&page)).output().unwrap();
        let text = String::from_utf8_lossy(&set.stdout).into_owned();
        assert!(set.status.success() && set.stderr.is_empty(), "{page}: {}", String::from_utf8_lossy(&set.stderr));
        assert!(text.contains("EXIT STATUS") && text.contains("SYNOPSIS"), "{page}: {text}");
    }
}

fn setter() -> Option<(&'static str, &'static [&'static str])> {
    let setters: [(&str, &[&str]); 3] =
        [("groff", &["-man", "-Tutf8", "-ww", "-P-cbou"]), ("mandoc", &["-Wwarning"]), ("man", &["-l"])];
    setters.into_iter().find(|(setter, _)| Command::new(setter).arg("--version").output().is_ok())
}

const HEAD: &str = "# Commands

Made from the table of commands (`crates/ensilinja/src/cli.rs`) and the table of exit statuses
(`crates/ensilinja/src/exit_status.rs`); change them there, then run
`UPDATE_DOCS=1 cargo test -p ensilinja --test program commands`. `ensilinja COMMAND --help` says the same, and so do the
manual pages (`ensilinja man`).

Only the result goes to standard output; everything else goes to standard error. Where a table is
printed, `--format json` prints one document for programs; a table of `replay` has its JSON in `report`.
";

#[test]
fn the_reference_page_is_made_from_the_table_of_commands() {
    let mut page = HEAD.to_owned();
    let mut table = table();
    table.build();
    push_command(&mut page, &table);
    let path = Path::new(env!("CARGO_MANIFEST_DIR")).join("../../docs/COMMANDS.md");
    if std::env::var_os("UPDATE_DOCS").is_some() {
        fs::write(&path, &page).unwrap();
    }
    let found = fs::read_to_string(&path).unwrap_or_default();
    assert!(
        found == page,
        "docs/COMMANDS.md is not what the table says: run UPDATE_DOCS=1 cargo test -p ensilinja --test program commands"
    );
}

fn push_command(page: &mut String, command: &clap::Command) {
    let name = command.get_bin_name().unwrap_or_else(|| command.get_name());
    let usage = command.clone().render_usage().to_string();
    let usage = usage.trim_start_matches("Usage:").trim().replace("\n       ", "\n");
    let about = command.get_about().map(ToString::to_string).unwrap_or_default();
    let about = about.trim_end_matches('.');
    write!(page, "\n## {name}\n\n{about}.\n\n```\n{usage}\n```\n").unwrap();
    let arguments: Vec<&clap::Arg> =
        command.get_arguments().filter(|it| !matches!(it.get_id().as_str(), "help" | "version")).collect();
    if !arguments.is_empty() {
        page.push_str("\n| argument | meaning |\n|---|---|\n");
    }
    for argument in arguments {
        writeln!(page, "| {} | {} |", words_of(argument), meaning_of(argument)).unwrap();
    }
    if command.has_subcommands() {
        page.push_str("\n| command | what it does |\n|---|---|\n");
    }
    for part in command.get_subcommands() {
        let about = part.get_about().map(ToString::to_string).unwrap_or_default();
        writeln!(page, "| `{}` | {about} |", part.get_name()).unwrap();
    }
    for part in parts(&command.get_after_help().map(ToString::to_string).unwrap_or_default()) {
        match part {
            Part::Paragraph(text) => write!(page, "\n{text}\n").unwrap(),
            Part::Lines { heading, lines } => {
                write!(page, "\n{heading}:\n\n```\n{}\n```\n", lines.join("\n")).unwrap();
            }
        }
    }
    command.get_subcommands().for_each(|part| push_command(page, part));
}

fn words_of(argument: &clap::Arg) -> String {
    let value = argument.get_value_names().filter(|_| argument.get_action().takes_values());
    let value = value.and_then(|names| names.first()).map(ToString::to_string);
    match (argument.get_long(), value) {
        (Some(long), Some(value)) => format!("`--{long} {value}`"),
        (Some(long), None) => format!("`--{long}`"),
        (None, value) => format!("`{}`", value.unwrap_or_default()),
    }
}

fn meaning_of(argument: &clap::Arg) -> String {
    let mut meaning = argument.get_help().map(ToString::to_string).unwrap_or_default();
    let names: Vec<String> = argument.get_possible_values().iter().map(|it| format!("`{}`", it.get_name())).collect();
    if argument.get_action().takes_values() && !names.is_empty() {
        write!(meaning, ". One of {}", names.join(", ")).unwrap();
    }
    let defaults: Vec<String> =
        argument.get_default_values().iter().map(|value| format!("`{}`", value.to_string_lossy())).collect();
    if argument.get_action().takes_values() && !defaults.is_empty() {
        write!(meaning, ". Default: {}", defaults.join(", ")).unwrap();
    }
    if let Some(variable) = argument.get_env() {
        write!(meaning, ". Environment: `{}`", variable.to_string_lossy()).unwrap();
    }
    meaning.replace('|', "\\|")
}

fn file(name: &str, text: &str) -> PathBuf {
    let path = PathBuf::from(command_line::file(name));
    fs::write(&path, text).unwrap();
    path
}

/// Control characters in an argument, a file or a variable do not reach the terminal.
#[test]
fn no_error_repeats_characters_that_control_a_terminal() {
    let odd = "a\u{202e}b\u{1b}[2J\u{9b}\u{200b}\u{2066}\u{2028}";
    let config = format!("{odd}.toml");
    for words in [
        vec!["lines", "--config", &config],
        vec!["check", "--config", &config],
        vec!["lines", "--format", odd],
        vec![odd],
        vec!["run", "--config", SAMPLE, "--brokers", odd],
        vec!["report", "--events", odd, "--from", "2025-09-01", "--to", "2025-09-02"],
        vec!["explain", "--events", odd, "--contact", odd],
        vec!["replay", "--events", odd, "--at", "2025-09-01T10:00", "--format", "csv"],
        vec!["compare", odd, odd],
    ] {
        let (status, out, err) = run(&words);
        assert_ne!(status, Some(0), "{words:?}");
        assert!(err.contains(r"\u{202e}"), "{words:?}: {err:?}");
        // Lines of CSV end with both.
        let shown = |character| ensilinja_model::is_printable(character) || matches!(character, '\r' | '\n');
        assert!(out.chars().chain(err.chars()).all(shown), "{words:?}: {out:?} {err:?}");
    }
    let (_, _, err) = run_command(command(&["lines"]).env("ENSILINJA_LOG", "a\u{202e}=b=c"));
    assert!(!err.contains('\u{202e}'), "{err:?}");
}
