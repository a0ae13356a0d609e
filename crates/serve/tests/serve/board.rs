//! The files of the board as a browser gets them.

use std::collections::BTreeMap;
use std::collections::btree_map::Entry;
use std::io::Read as _;

use crate::running_server::{Answer, RunningServer};

/// The answers for all files that the page loads, directly or indirectly, by path.
fn files(server: &RunningServer) -> BTreeMap<String, Answer> {
    let mut files = BTreeMap::new();
    let mut named = named_in(server.get("/").text());
    while let Some(path) = named.pop() {
        let Entry::Vacant(place) = files.entry(path) else { continue };
        let answer = server.get(place.key());
        assert_eq!(answer.status, 200, "{}", place.key());
        if !place.key().starts_with("/vendor/") && ["css", "js"].contains(&extension(place.key())) {
            named.extend(named_in(answer.text()));
        }
        place.insert(answer);
    }
    assert!(files.len() > 3, "{:?}", files.keys());
    files
}

/// The paths of the files that a text names between quotes. Imports in comments are types, which no browser loads.
fn named_in(text: &str) -> Vec<String> {
    let quoted = text.lines().filter(|line| !line.contains("/**")).flat_map(|line| line.split('"'));
    let names = quoted.filter(|name| ["css", "js", "svg", "png", "woff2"].contains(&extension(name)));
    names.map(|name| format!("/{}", name.trim_start_matches("./"))).collect()
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
        other => panic!("no content type for {other}"),
    }
}

#[test]
fn every_file_that_the_board_loads_has_its_content_type() {
    let server = RunningServer::start();
    for (path, answer) in files(&server) {
        assert_eq!(answer.header("content-type"), Some(content_type(&path)), "{path}");
    }
    assert_eq!(server.get("/").header("content-type"), Some("text/html; charset=utf-8"));
    assert_eq!(server.get("/nothing.js").status, 404);
}

#[test]
fn a_file_that_has_not_changed_is_not_sent_again() {
    let server = RunningServer::start();
    let mut known = Vec::new();
    for path in files(&server).into_keys().chain(["/".to_owned()]) {
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
    assert_eq!(known.len(), files, "no two files share an ETag");
}

#[test]
fn a_file_is_gzipped_if_that_makes_it_smaller_and_unpacks_to_the_same() {
    let server = RunningServer::start();
    let mut gzipped = 0;
    for (path, plain) in files(&server) {
        let (answer, bytes) = (server.ask("GET", &path, "Accept-Encoding: gzip\r\n"), plain.body);
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

/// Names and reasons are untrusted texts, so they must never become markup. Inline scripts and resources of other
/// servers, which the security policy would block, must not exist either.
#[test]
fn the_board_never_turns_text_into_markup_and_loads_nothing_from_other_servers() {
    let server = RunningServer::start();
    let page = server.get("/").text().to_owned();
    for blocked in ["<script>", "<style", "style=", " onclick=", "javascript:", "://"] {
        assert!(!page.contains(blocked), "{blocked}");
    }
    for (path, answer) in files(&server) {
        // Vendored files are unchanged, and pictures are not text.
        if path.starts_with("/vendor/") || extension(&path) == "png" {
            continue;
        }
        // The name of an XML namespace is not an address.
        let text = answer.text().replace("xmlns=\"http://www.w3.org/2000/svg\"", "");
        for dangerous in
            ["innerHTML", "outerHTML", "insertAdjacentHTML", "document.write", "eval(", "://", "@import \""]
        {
            assert!(!text.contains(dangerous), "{path}: {dangerous}");
        }
    }
}
