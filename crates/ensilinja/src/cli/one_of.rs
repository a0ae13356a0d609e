//! Arguments with a closed set of values.

use clap::builder::{PossibleValuesParser, TypedValueParser};

/// Parses one member of a closed set by its name.
pub(super) fn one_of<T: Copy + Send + Sync + 'static>(
    all: &'static [T],
    as_str: fn(T) -> &'static str,
) -> impl TypedValueParser<Value = T> {
    PossibleValuesParser::new(all.iter().map(|member| as_str(*member))).map(move |name| {
        let found = all.iter().copied().find(|member| as_str(*member) == name);
        found.expect("the possible values are the names")
    })
}
