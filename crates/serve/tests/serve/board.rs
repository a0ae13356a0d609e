//! The files of the board, as a browser gets them.

use std::fs;
use std::io::Read as _;
use std::path::Path;

use crate::running::Running;

/// The files that the page loads and that those load, each once, by their path on the server, with the bytes they have
/// in the board's folder.
fn files() -> Vec<(String, Vec<u8>)> {
    let board = Path::new(env!("CARGO_MANIFEST_DIR")).join("src/board");
    let mut files: Vec<(String, Vec<u8>)> = Vec::new();
    let mut named_in = vec!["board.html".to_owned()];
    while let Some(name) = named_in.pop() {
        let bytes = fs::read(board.join(&name)).unwrap_or_else(|error| panic!("{name}: {error}"));
        if !name.starts_with("vendor/") {
            let text = String::from_utf8_lossy(&bytes);
            // What a comment imports are types, which no browser loads.
            let quoted = text.lines().filter(|line| !line.contains("/**")).flat_map(|line| line.split('"'));
            let names = quoted.filter(|name| ["css", "js", "svg", "png", "woff2"].contains(&extension(name)));
            named_in.extend(names.map(|name| name.trim_start_matches("./").to_owned()));
        }
        let path = format!("/{name}");
        if name != "board.html" && !files.iter().any(|(known, _)| *known == path) {
            files.push((path, bytes));
        }
        named_in.retain(|name| !files.iter().any(|(known, _)| known[1..] == *name));
    }
    assert!(files.len() > 3, "{:?}", files.iter().map(|(path, _)| path).collect::<Vec<_>>());
    files
}

fn extension(name: &str) -> &str {
    name.rsplit_once('.').map_or("", |(_, extension)| extension)
}

fn content_type(path: &str) -> &'static str {
    match extension(path) {
        "css" => "text/css; charset=utf-8",
        "js" => "text/javascript; charset=utf-8",
        "svg" => "image/svg+xml",
        "png" => "image/png",
        "woff2" => "font/woff2",
        other => panic!("a browser would not know what {other} is"),
    }
}

#[test]
fn every_file_of_the_board_is_served_as_what_it_is() {
    let server = Running::start();
    for (path, bytes) in files() {
        let answer = server.get(&path);
        assert_eq!((answer.status, answer.header("content-type")), (200, Some(content_type(&path))), "{path}");
        assert!(answer.body == bytes, "{path}");
    }
    assert_eq!(server.get("/").header("content-type"), Some("text/html; charset=utf-8"));
    assert_eq!(server.get("/nothing.js").status, 404);
}

#[test]
fn a_file_that_has_not_changed_is_not_sent_again() {
    let server = Running::start();
    let mut known = Vec::new();
    for path in files().into_iter().map(|(path, _)| path).chain(["/".to_owned()]) {
        let etag = server.get(&path).header("etag").unwrap().to_owned();
        let strong = etag.trim_start_matches("w/").to_owned();
        for sent in [format!("W/{strong}"), strong.clone(), format!("\"other\", W/{strong}"), "*".to_owned()] {
            let again = server.ask("GET", &path, &format!("If-None-Match: {sent}\r\nAccept-Encoding: gzip\r\n"));
            assert_eq!((again.status, again.header("etag")), (304, Some(etag.as_str())), "{path}: {sent}");
            assert_eq!((again.body.len(), again.header("cache-control")), (0, Some("no-cache")), "{path}");
        }
        assert_eq!(server.ask("GET", &path, "If-None-Match: \"other\"\r\n").status, 200, "{path}");
        known.push(etag);
    }
    let files = known.len();
    known.sort();
    known.dedup();
    assert_eq!(known.len(), files, "two files are told apart");
}

#[test]
fn a_file_is_gzipped_where_that_makes_it_smaller_and_says_the_same() {
    let server = Running::start();
    let mut gzipped = 0;
    for (path, bytes) in files() {
        let answer = server.ask("GET", &path, "Accept-Encoding: gzip\r\n");
        assert!(answer.body.len() <= bytes.len(), "{path}");
        if answer.header("content-encoding") == Some("gzip") {
            let mut unpacked = Vec::new();
            flate2::read::GzDecoder::new(&answer.body[..]).read_to_end(&mut unpacked).unwrap();
            assert!(unpacked == bytes, "{path}");
            gzipped += 1;
        } else {
            assert!(bytes.len() < 1024 || ["woff2", "png"].contains(&extension(&path)), "{path}");
        }
    }
    assert!(gzipped > 0);
}

/// Names and reasons are texts from outside: as markup they could do things. And what its own policy would stop, or
/// what is not of this server, must not be there to begin with.
#[test]
fn the_board_makes_no_markup_of_what_it_is_told_and_loads_nothing_from_elsewhere() {
    let server = Running::start();
    let page = server.get("/").text().to_owned();
    for stopped in ["<script>", "<style", "style=", " onclick=", "javascript:", "://"] {
        assert!(!page.contains(stopped), "{stopped}");
    }
    for (path, bytes) in files() {
        // Others' files are taken as they are.
        if path.starts_with("/vendor/") {
            continue;
        }
        // The name of a vocabulary is no address, though it looks like one.
        let text = String::from_utf8(bytes).unwrap().replace("xmlns=\"http://www.w3.org/2000/svg\"", "");
        for dangerous in
            ["innerHTML", "outerHTML", "insertAdjacentHTML", "document.write", "eval(", "://", "@import \""]
        {
            assert!(!text.contains(dangerous), "{path}: {dangerous}");
        }
    }
}
