//! The commands that the documents show, as the program reads them: a person who is woken at three copies them.

use ensilinja::cli::table;

use crate::repository::{files, read};

/// The documents with commands to copy.
const FOLDERS: [&str; 4] = [".", "docs", "docs/runbooks", "docs/sources"];

/// What a shell reads as the end of a command's words.
const ENDS: [&str; 5] = ["|", ">", "&&", ";", "#"];

/// The commands in blocks of code of a page, each as its words. A line that ends with a backslash goes on. Commands
/// with quotes, `...` or `<FILE>` are left out.
fn shown(page: &str) -> Vec<Vec<String>> {
    let page = page.replace("\\\n", " ");
    let commands = page.lines().filter_map(|line| {
        let line = line.strip_prefix("    ").unwrap_or(line);
        line.strip_prefix("$ ").unwrap_or(line).strip_prefix("ensilinja ")
    });
    let is_plain = |command: &&str| !["'", "\"", "...", "`", "<", "["].iter().any(|mark| command.contains(mark));
    let words = commands.filter(is_plain).map(|command| {
        let words = command.split_whitespace().take_while(|word| !ENDS.contains(word));
        std::iter::once("ensilinja").chain(words).map(str::to_owned).collect()
    });
    words.filter(|words: &Vec<String>| words.get(1).is_some_and(|it| table().find_subcommand(it).is_some())).collect()
}

#[test]
fn every_command_that_a_document_shows_is_one_that_the_program_takes() {
    let mut count = 0;
    for path in FOLDERS.into_iter().flat_map(|folder| files(folder, "md")) {
        for words in shown(&read(&path)) {
            let taken = table().try_get_matches_from(&words);
            assert!(taken.is_ok(), "{}: {}\n{}", path.display(), words.join(" "), taken.unwrap_err());
            count += 1;
        }
    }
    assert!(count > 40, "only {count} commands are found");
}

#[test]
fn a_command_goes_on_after_a_backslash_and_ends_where_the_shell_takes_over() {
    let page =
        "```console\n$ ensilinja lines \\\n    --format json | jq .\nensilinja lines \"x\"\nensilinja is a word\n```\n";
    assert_eq!(shown(page), [["ensilinja", "lines", "--format", "json"].map(str::to_owned).to_vec()]);
}
