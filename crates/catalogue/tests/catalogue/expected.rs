//! Texts that are kept in files and compared as a whole.

use std::path::Path;
use std::{env, fs};

/// Compares a text with the file at `path`, relative to the crate; writes the file instead where `UPDATE_DOCS` is set.
#[expect(clippy::disallowed_methods, reason = "a test may read what it compares with")]
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
        "{} is not what is made now; if that is meant, run the test once with UPDATE_DOCS=1 and read the difference.\n\
         First differing line: {difference:#?}",
        path.display(),
    );
}
