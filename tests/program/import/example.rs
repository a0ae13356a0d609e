//! The worked example of docs/sources/csv.md: its files are imported as they stand there, and the page shows what came.

use std::fs;

use ensilinja_test_support::TemporaryFolder;

use crate::command_line::run;

const PAGE: &str = concat!(env!("CARGO_MANIFEST_DIR"), "/../../docs/sources/csv.md");

/// The text of the first block in this language after a heading, and where it stands in the page.
fn block<'a>(page: &'a str, language: &str) -> &'a str {
    let (_, rest) = page.split_once(&format!("```{language}\n")).unwrap_or_else(|| panic!("no block of {language}"));
    rest.split_once("```\n").unwrap().0
}

/// The page with another text in that block.
fn with_block(page: &str, language: &str, text: &str) -> String {
    let fenced = |text: &str| format!("```{language}\n{text}```\n");
    page.replace(&fenced(block(page, language)), &fenced(text))
}

/// What standard error says, without times and paths.
fn summary(err: &str, folder: &str) -> String {
    let words = |line: &str| {
        let (_, words) = line.split_once("  INFO ").or_else(|| line.split_once("  WARN ")).unwrap_or(("", line));
        words.split_once(": ").map_or(words, |(_, words)| words).replace(&format!("{folder}/"), "") + "\n"
    };
    err.lines().map(words).collect()
}

#[test]
fn the_example_of_the_page_is_imported_as_it_says() {
    let page = fs::read_to_string(PAGE).unwrap();
    let folder = TemporaryFolder::new("import");
    let path = |name: &str| folder.file(name).to_str().unwrap().to_owned();
    folder.write("calls.csv", block(&page, "csv"));
    folder.write("calls.toml", block(&page, "toml"));
    let (status, out, err) =
        run(&["import", &path("calls.csv"), "--columns", &path("calls.toml"), "--output", &path("events.jsonl")]);
    assert_eq!((status, out.as_str()), (Some(3), ""), "{err}");
    let events = fs::read_to_string(path("events.jsonl")).unwrap();
    let first = events.lines().take_while(|line| line.contains("\"subject\":\"2025-1001\""));
    let shown: String = first.map(|line| line.to_owned() + "\n").collect();
    let said = summary(&err, folder.path().to_str().unwrap());
    let expected = with_block(&with_block(&page, "json", &shown), "text", &said);
    if std::env::var_os("UPDATE_DOCS").is_some() {
        fs::write(PAGE, expected).unwrap();
    } else {
        let advice = "UPDATE_DOCS=1 cargo test -p ensilinja --test program import";
        assert_eq!(page, expected, "docs/sources/csv.md is another page: {advice}");
    }
    let (status, report, err) = run(&[
        "report",
        "--events",
        &path("events.jsonl"),
        "--from",
        "2025-09-16",
        "--to",
        "2025-09-17",
        "--format",
        "csv",
    ]);
    assert_eq!(status, Some(0), "{err}");
    assert!(report.lines().any(|line| line.contains("mipa") && line.contains(",offered,")), "{report}");
}
