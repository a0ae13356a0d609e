//! What may have been meant by a misspelt name.

/// The known name that a misspelt one most likely means: the nearest, if no more than a third of it is wrong.
#[must_use]
pub fn nearest<'a>(unknown: &str, known: impl IntoIterator<Item = &'a str>) -> Option<&'a str> {
    let distance = |known: &&str| strsim::damerau_levenshtein(unknown, known);
    known.into_iter().min_by_key(distance).filter(|known| distance(known) <= known.chars().count().div_ceil(3))
}

/// What to write instead of a misspelt name: the one that may have been meant, or which there are.
#[must_use]
pub fn advice<'a>(unknown: &str, known: impl IntoIterator<Item = &'a str> + Clone) -> String {
    match nearest(unknown, known.clone()) {
        Some(near) => format!("did you mean {near}?"),
        None => format!("there are {}", known.into_iter().collect::<Vec<_>>().join(", ")),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_name_that_is_nearly_right_is_named_and_otherwise_all_are() {
        let known = ["mipa", "mipa_chat", "neuvola"];
        assert_eq!(advice("nuevola", known), "did you mean neuvola?");
        assert_eq!(advice("mipachat", known), "did you mean mipa_chat?");
        assert_eq!(advice("forssa", known), "there are mipa, mipa_chat, neuvola");
        assert_eq!(nearest("x", []), None);
    }
}
