//! The name that was probably meant by a misspelt one.

/// The known name that is nearest to an unknown one, if no more than a third of its characters differ.
#[must_use]
pub fn nearest<'a>(unknown: &str, known: impl IntoIterator<Item = &'a str>) -> Option<&'a str> {
    let distance = |known: &&str| strsim::damerau_levenshtein(unknown, known);
    known.into_iter().min_by_key(distance).filter(|known| distance(known) <= known.chars().count().div_ceil(3))
}

/// Advice for an unknown name: the one that was probably meant, or all that there are.
#[must_use]
pub fn suggestion<'a>(unknown: &str, known: impl IntoIterator<Item = &'a str> + Clone) -> String {
    match nearest(unknown, known.clone()) {
        Some(near) => format!("did you mean {near}?"),
        None => format!("there are {}", known.into_iter().collect::<Vec<_>>().join(", ")),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_misspelt_name_is_answered_with_the_nearest_and_any_other_with_all() {
        let known = ["mipa", "mipa_chat", "neuvola"];
        assert_eq!(suggestion("nuevola", known), "did you mean neuvola?");
        assert_eq!(suggestion("mipachat", known), "did you mean mipa_chat?");
        assert_eq!(suggestion("forssa", known), "there are mipa, mipa_chat, neuvola");
        assert_eq!(nearest("x", []), None);
    }
}
