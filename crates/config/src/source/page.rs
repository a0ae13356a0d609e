//! The pages of docs/sources, whose examples are tested.

/// The page of this name.
#[expect(clippy::disallowed_methods, reason = "tests read the documentation at run time: a build must not need it")]
pub(super) fn page_of(name: &str) -> String {
    let path = format!("{}/../../docs/sources/{name}.md", env!("CARGO_MANIFEST_DIR"));
    std::fs::read_to_string(&path).unwrap_or_else(|why| panic!("{path}: {why}"))
}
