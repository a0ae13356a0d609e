//! The pages of docs/sources, whose examples are tested.

/// The page of this name.
pub(super) fn page_of(name: &str) -> String {
    // Read at run time: a build without the documentation must not need it.
    let path = format!("{}/../../docs/sources/{name}.md", env!("CARGO_MANIFEST_DIR"));
    std::fs::read_to_string(&path).unwrap_or_else(|why| panic!("{path}: {why}"))
}
