//! Compares whole texts with files.

use std::path::Path;
use std::{env, fs};

/// Compares a text with the file at `path`, relative to the crate. If `UPDATE_DOCS` is set, writes the file instead.
#[expect(clippy::disallowed_methods, reason = "a test may read and write the expected file")]
pub(crate) fn assert_is_file(path: &str, text: &str) {
    let path = Path::new(env!("CARGO_MANIFEST_DIR")).join(path);
    if env::var_os("UPDATE_DOCS").is_some() {
        fs::create_dir_all(path.parent().unwrap()).unwrap();
        return fs::write(&path, text).unwrap();
    }
    let kept = fs::read_to_string(&path).unwrap_or_default();
    let difference = kept.lines().zip(text.lines()).enumerate().find(|(_, (kept, now))| kept != now);
    assert!(
        kept == text,
        "{} differs from the generated text. If the change is intended, run the test with UPDATE_DOCS=1 and read the diff.\n\
         First differing line: {difference:#?}",
        path.display(),
    );
}
