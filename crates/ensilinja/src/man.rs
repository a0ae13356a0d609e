//! `ensilinja man`: manual pages, from the table of commands.
//!
//! A page has what the help of its command has. What help says after the arguments becomes sections of its own.

use std::fs;
use std::io::{self, Write as _};
use std::path::Path;

use anyhow::Context as _;
use clap_mangen::Man;
use clap_mangen::roff::{Roff, roman};

use crate::cli::after_help::{Part, parts};
use crate::cli::{self, ManArguments};
use crate::draft::Draft;
use crate::outcome::Outcome;
use crate::standard_output::print;
use ensilinja_config::suggestion;

/// A page: its name, such as `ensilinja-check`, and its text for troff.
struct Page {
    name: String,
    text: Vec<u8>,
}

/// There is no such page.
#[derive(Debug, thiserror::Error)]
#[error("there is no command {0} to print the page of; {1}")]
pub struct UnknownPage(String, String);

/// Prints a page, or writes all to a folder.
///
/// # Errors
/// [`UnknownPage`], or why a page cannot be written.
pub fn man(arguments: &ManArguments) -> anyhow::Result<Outcome> {
    let mut table = cli::table();
    table.build();
    let mut pages = Vec::new();
    push_pages(&table, &mut pages)?;
    match &arguments.output {
        Some(folder) => write(&pages, folder)?,
        None => print(&String::from_utf8_lossy(&asked(&pages, &arguments.page)?.text))?,
    }
    Ok(Outcome::Done)
}

fn asked<'a>(pages: &'a [Page], words: &[String]) -> Result<&'a Page, UnknownPage> {
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
        UnknownPage(command, advice)
    })
}

/// The page of a command and those of its parts.
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
            // A paragraph goes on with what the command does.
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

/// Writes the pages to a folder, each whole or not at all.
fn write(pages: &[Page], folder: &Path) -> anyhow::Result<()> {
    let problem = || format!("the manual pages cannot be written to {}", folder.display());
    fs::create_dir_all(folder).with_context(problem)?;
    for page in pages {
        let draft = Draft::create(&folder.join(format!("{}.1", page.name))).with_context(problem)?;
        draft.file().write_all(&page.text).and_then(|()| draft.take_its_name()).with_context(problem)?;
    }
    Ok(())
}

#[cfg(test)]
mod tests {
    use super::*;

    fn pages() -> Vec<Page> {
        let mut table = cli::table();
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
        let check = asked(&pages, &["check".to_owned()]).unwrap();
        assert!(String::from_utf8(check.text.clone()).unwrap().contains("\n.SH EXAMPLES\n.nf\nensilinja check"));
    }

    #[test]
    fn a_page_that_is_not_there_is_answered_with_the_nearest() {
        let said = asked(&pages(), &["chek".to_owned()]).err().unwrap().to_string();
        assert_eq!(said, "there is no command chek to print the page of; did you mean check?");
    }

    #[test]
    fn a_part_of_a_command_is_named_as_it_is_called_or_as_its_page_is() {
        let pages = pages();
        let named = |words: &[&str]| {
            let words: Vec<String> = words.iter().map(|word| (*word).to_owned()).collect();
            asked(&pages, &words).unwrap().name.clone()
        };
        assert_eq!([named(&["dlq", "list"]), named(&["dlq-list"])], ["ensilinja-dlq-list", "ensilinja-dlq-list"]);
    }
}
