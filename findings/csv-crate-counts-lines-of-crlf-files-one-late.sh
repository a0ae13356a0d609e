#!/usr/bin/env bash
# The Rust crate `csv` gives the wrong line for every record but the first of a file with CRLF, the line end of RFC
# 4180.
#
# Expected: the records of `a,1 b,2 c,3`, one a line, are on lines 1, 2 and 3, whatever ends the lines. A record after
# an empty line is on its own line, not on the empty one.
# Seen: with LF 1, 2, 3. With CRLF 1, 1, 2: a record's position is taken at the LF that ends the record before it. With
# CR, which is read as a line end too, 1, 1, 1. After an empty line, the empty line's. Errors name the same lines
# ("record 1 (line: 1, byte: 4)" for line 2), so a person who looks there finds a sound record.
#
# Needs cargo.
set -euo pipefail

folder=$(mktemp -d)
trap 'rm -rf "$folder"' EXIT
cd "$folder"
mkdir src
cat >Cargo.toml <<'TOML'
[package]
name = "look"
edition = "2021"

[dependencies]
csv = "=1.4.0"
TOML
cat >src/main.rs <<'RUST'
fn lines(text: &str) -> Vec<u64> {
    let mut reader = csv::ReaderBuilder::new().has_headers(false).from_reader(text.as_bytes());
    reader.records().map(|record| record.unwrap().position().unwrap().line()).collect()
}

fn main() {
    println!("csv 1.4.0; expected: lines 1, 2, 3 (after an empty line: 1, 3)");
    let mut all_seen = true;
    for (what, text, seen) in [
        ("LF", "a,1\nb,2\nc,3\n", vec![1, 2, 3]),
        ("CRLF", "a,1\r\nb,2\r\nc,3\r\n", vec![1, 1, 2]),
        ("CR", "a,1\rb,2\rc,3\r", vec![1, 1, 1]),
        ("an empty line between, LF", "a,1\n\nb,2\n", vec![1, 2]),
    ] {
        let found = lines(text);
        println!("seen: {what}: {found:?}");
        all_seen &= found == seen;
    }
    let mut reader = csv::ReaderBuilder::new().has_headers(false).from_reader("a,1\r\nb\r\n".as_bytes());
    let error = reader.records().find_map(Result::err).expect("the second record is short").to_string();
    println!("seen: {error}");
    all_seen &= error.contains("line: 1,");
    std::process::exit(if all_seen { 0 } else { 1 });
}
RUST
cargo run --quiet || { echo "no longer seen"; exit 1; }
