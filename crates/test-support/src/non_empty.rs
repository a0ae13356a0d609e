//! A guard against loops that check nothing.

/// The items, of which there has to be at least one: a test that loops over what a filter matches passes silently
/// where the filter matches nothing.
#[track_caller]
#[must_use]
pub fn non_empty<T>(what: &str, items: impl IntoIterator<Item = T>) -> Vec<T> {
    let items: Vec<T> = items.into_iter().collect();
    assert!(!items.is_empty(), "there are no {what}");
    items
}
