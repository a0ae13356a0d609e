//! Which modules of a crate use which, read from its source text, and the circles among them.
//!
//! A module uses another if it names an item that is defined there: in a `use`, or with a path in its code. The user of
//! a re-exported name uses the module that defines it; a re-export by itself is no use. So `lib.rs` may export what its
//! modules define, and the modules may name each other through it.
//!
//! Comments, texts in quotes and the tests at the end of a file are left out. Macros are read as they are written.

use std::collections::{BTreeMap, BTreeSet};

/// The segments of a path from the crate's root: `a::b` is `["a", "b"]`, and the root itself has none.
type ModulePath = Vec<String>;

/// Each group of modules that use each other in a circle, as the arrows within it: `a::b -> a::c`. A crate is given as
/// its files: the path below `src`, and the text.
pub fn circles(files: &[(String, String)]) -> Vec<Vec<String>> {
    let modules = files.iter().map(|(path, text)| (module_path(path), Module::read(text))).collect::<Modules>();
    let uses = modules.keys().map(|module| (module, used_by(module, &modules))).collect::<BTreeMap<_, _>>();
    let reached = uses.keys().map(|module| (*module, reached_from(module, &uses))).collect::<BTreeMap<_, _>>();
    let mut circles = BTreeMap::<Vec<&ModulePath>, Vec<String>>::new();
    for (module, within) in &reached {
        // Two modules are in one circle if each is reached from the other.
        let circle = within.iter().filter(|other| reached[*other].contains(*module)).collect::<Vec<_>>();
        let arrows = uses[*module].iter().filter(|other| circle.contains(other));
        let arrows = arrows.map(|other| format!("{} -> {}", name(module), name(other))).collect::<Vec<_>>();
        if !arrows.is_empty() {
            circles.entry(circle).or_default().extend(arrows);
        }
    }
    circles.into_values().collect()
}

type Modules = BTreeMap<ModulePath, Module>;

/// What the text of one module says about others.
struct Module {
    /// The paths that it uses, as they are written.
    paths: Vec<Vec<String>>,
    /// The names that `use` brings into it, each with the path it stands for.
    names: BTreeMap<String, Vec<String>>,
}

impl Module {
    fn read(text: &str) -> Module {
        let code = code_of(text.split("#[cfg(test)]\nmod tests {").next().unwrap_or(text));
        let mut module = Module { paths: Vec::new(), names: BTreeMap::new() };
        let mut rest = code.as_str();
        while let Some((before, statement)) = next_use(rest) {
            module.paths.extend(paths_in(before));
            let (tree, after) = statement.split_once(';').unwrap_or((statement, ""));
            let exported = before.trim_end().ends_with("pub") || before.trim_end().ends_with(')');
            for (name, path) in leaves(tree) {
                if !exported {
                    module.paths.push(path.clone());
                }
                module.names.insert(name, path);
            }
            rest = after;
        }
        module.paths.extend(paths_in(rest));
        module
    }
}

/// The text before the next `use`, and the text after it.
fn next_use(code: &str) -> Option<(&str, &str)> {
    let at = code.match_indices("use ").map(|(at, _)| at).find(|&at| !code[..at].ends_with(is_in_word))?;
    Some((&code[..at], &code[at + "use ".len()..]))
}

/// The names that a `use` brings, each with its path: `a::{b, c as d}` is `b: a::b` and `d: a::c`.
fn leaves(tree: &str) -> Vec<(String, Vec<String>)> {
    let Some((prefix, group)) = tree.split_once('{') else {
        let (path, name) = tree.split_once(" as ").map_or((tree, None), |(path, name)| (path, Some(name.trim())));
        let path = path.split("::").map(|segment| segment.trim().to_owned()).collect::<Vec<_>>();
        let name = name.map_or_else(|| path.last().cloned().unwrap_or_default(), str::to_owned);
        return vec![(name, path)];
    };
    let group = group.rsplit_once('}').map_or(group, |(group, _)| group);
    let mut depth = 0;
    let parts = group.split(|c| {
        depth += i32::from(c == '{') - i32::from(c == '}');
        c == ',' && depth == 0
    });
    parts.filter(|part| !part.trim().is_empty()).flat_map(|part| leaves(&format!("{prefix}{}", part.trim()))).collect()
}

/// The paths of at least two segments in a piece of code.
fn paths_in(code: &str) -> impl Iterator<Item = Vec<String>> {
    code.split(|c: char| !is_in_word(c) && c != ':')
        .map(|word| word.trim_matches(':'))
        .filter(|word| word.contains("::"))
        .map(|path| path.split("::").map(str::to_owned).collect())
}

fn is_in_word(c: char) -> bool {
    c.is_alphanumeric() || c == '_'
}

/// The modules that define what a module names, itself left out.
fn used_by(module: &ModulePath, modules: &Modules) -> BTreeSet<ModulePath> {
    let paths = modules[module].paths.iter();
    paths.filter_map(|path| definer(module, path, modules, 0)).filter(|definer| definer != module).collect()
}

/// The module that defines what a path names within a module. None for what other crates define.
fn definer(within: &ModulePath, path: &[String], modules: &Modules, renamed: u32) -> Option<ModulePath> {
    let mut module = within.clone();
    let mut path = path;
    match path.first()?.as_str() {
        "crate" => (module, path) = (Vec::new(), &path[1..]),
        "self" => path = &path[1..],
        "super" => {
            while path.first().is_some_and(|segment| segment == "super") {
                module.pop();
                path = &path[1..];
            }
        }
        first if modules.contains_key(&child(within, first)) => {}
        first => {
            let imported = modules[within].names.get(first).filter(|imported| imported[0] != first)?;
            return (renamed < 8).then(|| definer(within, &[imported, &path[1..]].concat(), modules, renamed + 1))?;
        }
    }
    while let Some(inner) = path.first().map(|segment| child(&module, segment)).filter(|it| modules.contains_key(it)) {
        (module, path) = (inner, &path[1..]);
    }
    let elsewhere = path.first().and_then(|name| modules.get(&module)?.names.get(name));
    match elsewhere.filter(|_| renamed < 8) {
        Some(other) => definer(&module, other, modules, renamed + 1),
        None => modules.contains_key(&module).then_some(module),
    }
}

fn child(module: &ModulePath, name: &str) -> ModulePath {
    module.iter().cloned().chain([name.to_owned()]).collect()
}

/// Every module that is used by a module, by what it uses, and so on. The module itself only if there is a circle.
fn reached_from(module: &ModulePath, uses: &BTreeMap<&ModulePath, BTreeSet<ModulePath>>) -> BTreeSet<ModulePath> {
    let mut reached = BTreeSet::new();
    let mut next = uses[module].iter().collect::<Vec<_>>();
    while let Some(module) = next.pop() {
        if reached.insert(module.clone()) {
            next.extend(&uses[module]);
        }
    }
    reached
}

/// `main.rs` is a root of its own, which uses the library by its name.
fn module_path(file: &str) -> ModulePath {
    match file.trim_end_matches(".rs") {
        "lib" => Vec::new(),
        path => path.split('/').map(str::to_owned).collect(),
    }
}

fn name(module: &ModulePath) -> String {
    if module.is_empty() { "lib".to_owned() } else { module.join("::") }
}

/// The text without comments and without what stands in quotes.
fn code_of(text: &str) -> String {
    let mut code = String::with_capacity(text.len());
    let mut rest = text;
    while let Some(first) = rest.chars().next() {
        let skipped = match first {
            '/' if rest.starts_with("//") => rest.find('\n').unwrap_or(rest.len()),
            '/' if rest.starts_with("/*") => rest.find("*/").map_or(rest.len(), |end| end + 2),
            '\'' if rest[1..].starts_with(['"', '\\']) => 1 + end_of_quote(&rest[1..], '\''),
            '"' => 1 + end_of_quote(&rest[1..], '"'),
            'r' if !code.ends_with(is_in_word) && rest[1..].trim_start_matches('#').starts_with('"') => {
                let hashes = rest[1..].find('"').unwrap_or(0);
                let close = format!("\"{}", "#".repeat(hashes));
                let opened = 1 + hashes + 1;
                rest[opened..].find(&close).map_or(rest.len(), |end| opened + end + close.len())
            }
            _ => {
                code.push(first);
                first.len_utf8()
            }
        };
        rest = &rest[skipped..];
    }
    code
}

/// Where a text in quotes ends, its closing quote included: `\` takes the next character along.
fn end_of_quote(text: &str, quote: char) -> usize {
    let mut escaped = false;
    let end = text.char_indices().find(|&(_, c)| {
        let closes = c == quote && !escaped;
        escaped = c == '\\' && !escaped;
        closes
    });
    end.map_or(text.len(), |(at, _)| at + quote.len_utf8())
}
