//! `ensilinja completions` and `ensilinja man`: shell completions and manual pages, from the table of commands.
//!
//! A page has the text of its command's help. The end of the help, after the arguments, becomes sections of their own.

use std::fs;
use std::io::{self, Write as _};
use std::path::Path;

use anyhow::Context as _;
use clap_complete::Shell;
use clap_mangen::Man;
use clap_mangen::roff::{Roff, roman};
use ensilinja_config::suggestion;

use crate::cli::after_help::{Part, parts};
use crate::cli::table;
use crate::console::atomic_file::AtomicFile;
use crate::console::standard_output::print;
use crate::outcome::Outcome;
use crate::usage_error::UsageError;

/// A page: its name, such as `ensilinja-check`, and its text for troff.
struct Page {
    name: String,
    text: Vec<u8>,
}

/// `ensilinja completions`: prints the completions for a shell.
///
/// # Errors
/// If they cannot be written.
pub fn completions(shell: Shell) -> anyhow::Result<Outcome> {
    let mut table = table();
    let name = table.get_name().to_owned();
    let mut script = Vec::new();
    clap_complete::generate(shell, &mut table, name, &mut script);
    print(&String::from_utf8(script)?)?;
    Ok(Outcome::Done)
}

/// `ensilinja man`: prints the page of a command, or writes all pages to a folder.
///
/// # Errors
/// [`UsageError::UnknownPage`], or why a page cannot be written.
pub fn man(page: &[String], folder: Option<&Path>) -> anyhow::Result<Outcome> {
    let mut table = table();
    table.build();
    let mut pages = Vec::new();
    push_pages(&table, &mut pages)?;
    match folder {
        Some(folder) => write(&pages, folder)?,
        None => print(&String::from_utf8_lossy(&page_of(&pages, page)?.text))?,
    }
    Ok(Outcome::Done)
}

fn page_of<'a>(pages: &'a [Page], words: &[String]) -> Result<&'a Page, UsageError> {
    let program = pages[0].name.as_str();
    if words.is_empty() {
        return Ok(&pages[0]);
    }
    let command = words.join("-");
    let command_of = |page: &'a Page| page.name.strip_prefix(program)?.strip_prefix('-');
    let found = pages.iter().find(|page| command_of(page) == Some(&command));
    found.ok_or_else(|| {
        let known: Vec<&str> = pages.iter().filter_map(command_of).collect();
        let advice = suggestion(&command, known);
        UsageError::UnknownPage(command, advice)
    })
}

/// The page of a command and those of its subcommands.
fn push_pages(command: &clap::Command, pages: &mut Vec<Page>) -> io::Result<()> {
    let name = command.get_display_name().unwrap_or(command.get_name()).to_owned();
    let text = page(command)?;
    pages.push(Page { name, text });
    command.get_subcommands().try_for_each(|part| push_pages(part, pages))
}

fn page(command: &clap::Command) -> io::Result<Vec<u8>> {
    let man = Man::new(command.clone()).source(concat!("ensilinja ", env!("CARGO_PKG_VERSION")));
    let mut text = Vec::new();
    man.render_title(&mut text)?;
    man.render_name_section(&mut text)?;
    man.render_synopsis_section(&mut text)?;
    man.render_description_section(&mut text)?;
    let mut after = Roff::new();
    let mut lines = Roff::new();
    for part in parts(&command.get_after_help().map(ToString::to_string).unwrap_or_default()) {
        match part {
            // A paragraph continues the description.
            Part::Paragraph(paragraph) => {
                after.control("PP", []);
                after.text([roman(paragraph)]);
            }
            Part::Lines { heading, lines: own } => {
                lines.control("SH", [heading.to_uppercase().as_str()]);
                lines.control("nf", []);
                for line in own {
                    lines.text([roman(line)]);
                }
                lines.control("fi", []);
            }
        }
    }
    after.to_writer(&mut text)?;
    man.render_options_section(&mut text)?;
    if command.has_subcommands() {
        man.render_subcommands_section(&mut text)?;
    }
    lines.to_writer(&mut text)?;
    Ok(text)
}

/// Writes the pages to a folder, each completely or not at all.
fn write(pages: &[Page], folder: &Path) -> anyhow::Result<()> {
    let problem = || format!("the manual pages cannot be written to {}", folder.display());
    fs::create_dir_all(folder).with_context(problem)?;
    for page in pages {
        let draft = AtomicFile::create(&folder.join(format!("{}.1", page.name))).with_context(problem)?;
        draft.file().write_all(&page.text).and_then(|()| draft.commit()).with_context(problem)?;
    }
    Ok(())
}

#[cfg(test)]
mod tests {
    use super::*;

    fn pages() -> Vec<Page> {
        let mut table = table();
        table.build();
        let mut pages = Vec::new();
        push_pages(&table, &mut pages).unwrap();
        pages
    }

    #[test]
    fn every_command_has_a_page_with_examples_and_exit_statuses() {
        let pages = pages();
        assert_eq!(pages[0].name, "ensilinja");
        for page in &pages {
            let text = String::from_utf8(page.text.clone()).unwrap();
            assert!(text.contains("\n.SH \"EXIT STATUS\"\n"), "{}: {text}", page.name);
            assert!(text.contains("\n.SH SYNOPSIS\n"), "{}: {text}", page.name);
        }
        let check = page_of(&pages, &["check".to_owned()]).unwrap();
        assert!(String::from_utf8(check.text.clone()).unwrap().contains("\n.SH EXAMPLES\n.nf\nensilinja check"));
    }

    #[test]
    fn an_unknown_page_is_answered_with_the_nearest() {
        let refusal = page_of(&pages(), &["chek".to_owned()]).err().unwrap().to_string();
        assert_eq!(refusal, "there is no command chek to print the page of; did you mean check?");
    }

    #[test]
    fn a_subcommand_is_named_with_a_space_or_a_hyphen() {
        let pages = pages();
        let named = |words: &[&str]| {
            let words: Vec<String> = words.iter().map(|word| (*word).to_owned()).collect();
            page_of(&pages, &words).unwrap().name.clone()
        };
        assert_eq!([named(&["dlq", "list"]), named(&["dlq-list"])], ["ensilinja-dlq-list", "ensilinja-dlq-list"]);
    }
}
