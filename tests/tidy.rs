//! The house style as a test: what rustfmt and clippy do not say, each rule with its reason.
//!
//! It reads every file of the project, and nothing else. A rule that gets in the way of better code is changed here, in
//! the open. What clippy can say is said there: `unwrap` outside tests, `todo!`, missing documentation, clocks and
//! chance where they have no place (`[workspace.lints]`, `clippy.toml`); who may depend on what is in `deny.toml`.

use std::collections::{BTreeMap, BTreeSet};
use std::fs;
use std::path::{Path, PathBuf};

#[path = "tidy/module_graph.rs"]
mod module_graph;

/// A text file of the project.
struct File {
    /// Its path from the top of the project, with `/`.
    path: String,
    text: String,
}

impl File {
    fn is(&self, extension: &str) -> bool {
        self.path.rsplit_once('.').is_some_and(|(_, ext)| ext == extension)
    }

    /// Numbered from 1, as editors do.
    fn lines(&self) -> impl Iterator<Item = (usize, &str)> {
        self.text.lines().enumerate().map(|(index, line)| (index + 1, line))
    }

    /// The lines before the file's own tests, which come last.
    fn production_lines(&self) -> usize {
        let lines = self.text.lines().collect::<Vec<_>>();
        lines.windows(2).position(|two| two == ["#[cfg(test)]", "mod tests {"]).unwrap_or(lines.len())
    }
}

#[test]
fn a_file_holds_one_idea_so_half_are_under_200_lines_and_none_is_over_500() {
    let files = rust_files();
    let mut lengths = files.iter().map(File::production_lines).collect::<Vec<_>>();
    lengths.sort_unstable();
    let median = lengths[lengths.len() / 2];
    assert!(median < 200, "half the files have {median} lines or more before their tests");
    refuse(
        "a file that needs scrolling for long holds two ideas: part them, and name each file after its own",
        files
            .iter()
            .filter(|file| file.production_lines() > 500)
            .map(|file| format!("{}: {} lines before its tests, at most 500", file.path, file.production_lines())),
    );
}

#[test]
fn a_function_fits_on_a_screen() {
    refuse(
        "what does not fit on a screen (70 lines) has to be remembered while it is read: name a part of it",
        rust_files().iter().flat_map(|file| {
            functions(&file.text)
                .into_iter()
                .filter(|function| function.lines > 70)
                .map(|function| format!("{}:{}: {} lines", file.path, function.starts_at, function.lines))
                .collect::<Vec<_>>()
        }),
    );
}

#[test]
fn a_line_has_at_most_120_characters() {
    refuse(
        "two files are read side by side without scrolling; only a text in quotes or an address cannot be broken",
        files()
            .iter()
            .filter(|file| {
                ["rs", "toml", "yml", "sh", "run", "Dockerfile"].iter().any(|kind| file.path.ends_with(kind))
            })
            .flat_map(|file| {
                lines_where(file, |line| line.chars().count() > 120 && !line.contains("://") && !line.contains('"'))
            }),
    );
}

#[test]
fn every_module_opens_by_saying_what_it_is() {
    refuse(
        "the first line of a file (//!) says why the file is there",
        rust_files().iter().filter(|file| !file.text.starts_with("//! ")).map(|file| file.path.clone()),
    );
}

#[test]
fn a_file_is_named_after_what_it_holds() {
    let says_nothing = ["common", "helper", "helpers", "misc", "shared", "types", "util", "utils"];
    refuse(
        "a file with such a name gathers what has no place of its own",
        files()
            .iter()
            .filter(|file| {
                file.path.split('/').any(|part| says_nothing.contains(&part.split('.').next().unwrap_or(part)))
            })
            .map(|file| file.path.clone()),
    );
}

#[test]
fn modules_of_a_crate_use_each_other_in_one_direction() {
    let circles = crates().into_iter().flat_map(|(name, sources)| {
        let circles = module_graph::circles(&sources);
        circles.into_iter().map(move |arrows| format!("{name}:\n    {}", arrows.join("\n    ")))
    });
    refuse(
        "modules in a circle can only be understood together: what they share gets a module of its own, below both",
        circles,
    );
}

#[test]
fn a_circle_of_modules_is_found_through_re_exports_and_not_in_comments_texts_and_tests() {
    let file = |path: &str, text: &str| (path.to_owned(), text.to_owned());
    let sources = [
        file("lib.rs", "mod a;\nmod b;\npub use b::{Held, inner::Deep as Renamed};\n"),
        file("a.rs", "use crate::{Renamed, b::Other as O};\npub struct Item;\n"),
        file("b.rs", "mod inner;\n// crate::a::Item\nconst T: &str = \"crate::a::Item\";\npub struct Held;\n"),
        file(
            "b/inner.rs",
            "pub struct Deep(super::super::a::Item);\n#[cfg(test)]\nmod tests {\nuse crate::b::Held;\n}\n",
        ),
    ];
    assert_eq!(module_graph::circles(&sources), [["a -> b::inner", "b::inner -> a"]]);
}

#[test]
fn the_name_of_a_type_has_one_meaning_in_the_whole_project() {
    let mut places = BTreeMap::<String, Vec<String>>::new();
    for file in rust_files().iter().filter(|file| file.path.contains("/src/")) {
        let code = file.text.lines().take(file.production_lines());
        for name in code.filter_map(named_type).collect::<BTreeSet<_>>() {
            places.entry(name.to_owned()).or_default().push(file.path.clone());
        }
    }
    assert!(places.len() > 300, "the types of the project were not found");
    refuse(
        "a reader who knows a type must not meet another of the same name: name what sets it apart",
        places.iter().filter(|(_, files)| files.len() > 1).map(|(name, files)| format!("{name}: {}", files.join(", "))),
    );
}

/// The type that a line defines for others than its own file.
fn named_type(line: &str) -> Option<&str> {
    let definition = line.trim_start().strip_prefix("pub")?;
    let definition = definition.strip_prefix('(').map_or(definition, |rest| rest.split_once(')').map_or("", |it| it.1));
    let (keyword, name) = definition.trim_start().split_once(' ')?;
    let end = name.find(|c: char| !c.is_alphanumeric() && c != '_').unwrap_or(name.len());
    ["enum", "struct", "trait", "type", "union"].contains(&keyword).then(|| &name[..end])
}

#[test]
fn nothing_is_left_for_later_in_a_comment() {
    let marks = [["TO", "DO"], ["FIX", "ME"], ["X", "XX"], ["HA", "CK"]].map(|halves| halves.concat());
    refuse(
        "such a mark is not read again: do it, or write down what is missing where its users will look",
        files().iter().flat_map(|file| {
            lines_where(file, |line| {
                marks.iter().any(|mark| line.split(|c: char| !c.is_alphanumeric()).any(|w| w == mark))
            })
        }),
    );
}

#[test]
fn an_exception_to_a_lint_gives_its_reason_and_ends_when_it_is_no_longer_needed() {
    let allow = ["al", "low("].concat();
    let quiet = |file: &File| {
        let attributes =
            file.text.split("#[").chain(file.text.split("#![")).skip(1).filter(|rest| rest.starts_with(&allow));
        let in_tests = file.path.contains("tests/");
        attributes.filter(|rest| !in_tests || !rest.split(")]").next().is_some_and(|it| it.contains("reason"))).count()
    };
    refuse(
        "use #[expect(lint, reason = \"...\")]: it says why, and warns once the lint would be quiet without it. What is \
         shared by several test targets may allow, with a reason: the lint is quiet in one target and not in another",
        rust_files().iter().filter(|file| quiet(file) > 0).map(|file| format!("{}: {}", file.path, quiet(file))),
    );
}

#[test]
fn nothing_speaks_of_the_machines_it_was_made_on() {
    // Written in halves, or this file would be the first offender.
    let private = [
        ["/wo", "rk/"],
        ["/ro", "ot/"],
        ["/ho", "me/"],
        ["../sha", "red"],
        ["/tmp/se", "tup"],
        ["crates", ".io"],
        ["py", "pi.org"],
        ["npm", "js.org"],
        ["maven", ".org"],
        ["maven.apa", "che.org"],
        ["golang", ".org"],
        ["debian", ".org"],
    ]
    .map(|halves| halves.concat());
    refuse(
        "a path or an address that only its author has tells everyone else nothing, and breaks on their machines",
        files()
            .iter()
            // Modules of Go are named by addresses.
            .filter(|file| !file.path.ends_with("/go.mod") && !file.path.ends_with("/go.sum"))
            .flat_map(|file| lines_where(file, |line| private.iter().any(|place| line.contains(place)))),
    );
}

#[test]
fn text_files_end_with_a_newline_and_no_line_with_a_space() {
    refuse(
        "what cannot be seen does not belong in a diff",
        files().iter().flat_map(|file| {
            let open =
                (!file.text.is_empty() && !file.text.ends_with('\n')).then(|| format!("{}: last line", file.path));
            lines_where(file, |line| line.ends_with([' ', '\t', '\r'])).into_iter().chain(open)
        }),
    );
}

#[test]
fn every_crate_is_held_to_the_lints_of_the_workspace() {
    let manifests =
        files().into_iter().filter(|file| file.path.starts_with("crates/") && file.path.ends_with("/Cargo.toml"));
    refuse(
        "a crate without [lints] workspace = true is not linted",
        manifests
            .filter(|file| file.path != WITH_UNSAFE_CODE && !file.text.contains("[lints]\nworkspace = true\n"))
            .map(|file| file.path),
    );
}

#[test]
fn only_tests_and_benches_depend_on_test_support() {
    let name = "ensilinja-test-support";
    let mut dev_dependencies = 0;
    for file in files().into_iter().filter(|file| file.path.starts_with("crates/") && file.is("toml")) {
        let mut section = "";
        for (number, line) in file.lines() {
            if line.starts_with('[') {
                section = line;
            } else if line.starts_with(name) {
                assert_eq!(section, "[dev-dependencies]", "{}:{number}: {name} starts brokers for tests", file.path);
                dev_dependencies += 1;
            }
        }
    }
    assert!(dev_dependencies > 0, "no manifest names {name}");
}

/// The crate that cannot take the lints of the workspace, which forbid unsafe code.
const WITH_UNSAFE_CODE: &str = "crates/librdkafka/Cargo.toml";

#[test]
fn the_one_crate_with_unsafe_code_is_held_to_every_other_lint_of_the_workspace() {
    let files = files();
    let text = |path: &str| &files.iter().find(|file| file.path == path).expect("the manifest is there").text;
    let after = text("Cargo.toml").split_once("[workspace.lints.rust]").expect("the workspace has lints").1;
    let lints = after.split("\n[profile").next().expect("a text has a beginning");
    let is_lint = |line: &&str| line.contains(" = ") && !line.starts_with('#');
    let own = text(WITH_UNSAFE_CODE);
    refuse(
        "the crate with unsafe code needs every lint of the workspace",
        lints
            .lines()
            .filter(is_lint)
            .filter(|line| !line.starts_with("unsafe_code") && !own.lines().any(|other| other == *line))
            .map(str::to_owned),
    );
    assert!(own.contains("undocumented_unsafe_blocks = \"deny\""), "each unsafe block states its invariant");
}

#[test]
fn every_link_of_a_page_to_a_file_leads_somewhere() {
    refuse(
        "a dead link sends the reader nowhere",
        files().iter().filter(|file| file.is("md")).flat_map(|file| {
            let folder = top().join(&file.path).parent().expect("a file is in a folder").to_owned();
            let dead = |target: &&str| !target.is_empty() && !folder.join(target).exists();
            file.lines()
                .flat_map(|(number, line)| links(line).into_iter().map(move |link| (number, link)))
                .filter(|(_, target)| dead(target))
                .map(|(number, target)| format!("{}:{number}: {target}", file.path))
                .collect::<Vec<_>>()
        }),
    );
}

#[test]
fn the_length_of_a_function_is_from_its_signature_to_its_brace() {
    let text =
        "fn one() {}\n\n    pub(super) const fn two(\n        a: [u8; 2],\n    ) {\n        b();\n    }\nfn asked();\n";
    let found = functions(text).iter().map(|function| (function.starts_at, function.lines)).collect::<Vec<_>>();
    assert_eq!(found, [(1, 1), (3, 5)]);
}

/// A function with a body: the line it starts at, and how many it has.
struct Function {
    starts_at: usize,
    lines: usize,
}

/// The functions of a text in rustfmt's form, in which a body ends at the first brace indented as its signature is.
fn functions(text: &str) -> Vec<Function> {
    let lines = text.lines().collect::<Vec<_>>();
    let starts = (0..lines.len()).filter(|&at| starts_function(lines[at]));
    let lengths = starts.filter_map(|at| {
        let opens = at + lines[at..].iter().position(|line| line.ends_with(['{', '}', ';']))?;
        if lines[opens].ends_with(';') {
            return None;
        }
        let indent = &lines[at][..lines[at].len() - lines[at].trim_start().len()];
        let closes = |line: &&str| line.strip_prefix(indent).is_some_and(|rest| rest == "}");
        let body = if lines[opens].ends_with('}') { 0 } else { lines[opens..].iter().position(closes)? };
        Some(Function { starts_at: at + 1, lines: opens + body - at + 1 })
    });
    lengths.collect()
}

fn starts_function(line: &str) -> bool {
    let words = line.split_whitespace();
    let mut rest = words.skip_while(|word| word.starts_with("pub") || matches!(*word, "const" | "async"));
    rest.next() == Some("fn")
}

/// The files that a line of Markdown links to, without anchors; none of another place.
fn links(line: &str) -> Vec<&str> {
    let targets = line.split("](").skip(1).filter_map(|after| after.split(')').next());
    targets
        .filter(|target| !target.contains("://") && !target.starts_with("mailto:"))
        .filter_map(|target| target.split('#').next())
        .collect()
}

fn lines_where(file: &File, offends: impl Fn(&str) -> bool) -> Vec<String> {
    let offences = file.lines().filter(|(_, line)| offends(line));
    offences.map(|(number, line)| format!("{}:{number}: {}", file.path, line.trim())).collect()
}

#[track_caller]
fn refuse(reason: &str, offences: impl Iterator<Item = String>) {
    let offences = offences.collect::<Vec<_>>();
    assert!(offences.is_empty(), "{reason}\n\n{}\n", offences.join("\n"));
}

fn rust_files() -> Vec<File> {
    files().into_iter().filter(|file| file.is("rs")).collect()
}

/// The crates of the project, each with its sources: the path below `src`, and the text.
fn crates() -> BTreeMap<String, Vec<(String, String)>> {
    let mut crates = BTreeMap::<_, Vec<_>>::new();
    for file in rust_files() {
        let within = file.path.strip_prefix("crates/").and_then(|path| path.split_once("/src/"));
        if let Some((name, path)) = within {
            crates.entry(name.to_owned()).or_default().push((path.to_owned(), file.text.clone()));
        }
    }
    assert!(crates.len() > 8, "the crates of the project were not found");
    crates
}

/// Every text file of the project but the lock file, which Cargo writes.
fn files() -> Vec<File> {
    let mut files = Vec::new();
    gather(top(), &mut files);
    assert!(files.iter().any(|file| file.path == "tests/tidy.rs"), "this is not the top of the project");
    files
}

/// What others have made is kept as it came: `vendor` holds files of other projects.
fn gather(folder: &Path, files: &mut Vec<File>) {
    for entry in fs::read_dir(folder).expect("a folder of the project can be read") {
        let path = entry.expect("a folder of the project can be read").path();
        let name = path.file_name().expect("an entry has a name").to_string_lossy();
        if path.is_dir() {
            if !["target", ".git", "node_modules", "vendor"].contains(&&*name) {
                gather(&path, files);
            }
        } else if name != "Cargo.lock"
            && let Ok(text) = fs::read_to_string(&path)
        {
            let path = path.strip_prefix(top()).expect("it was found there").to_string_lossy().replace('\\', "/");
            files.push(File { path, text });
        }
    }
}

/// The top of the project, which is two folders above the crate that runs the end-to-end tests.
fn top() -> &'static Path {
    static TOP: std::sync::LazyLock<PathBuf> = std::sync::LazyLock::new(|| {
        let top = Path::new(env!("CARGO_MANIFEST_DIR")).ancestors().nth(2);
        top.expect("the crate is in crates/").to_owned()
    });
    &TOP
}
