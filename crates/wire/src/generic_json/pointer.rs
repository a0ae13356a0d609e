//! Pointers into a record: JSON pointers (RFC 6901), with `^` in front for what is outside of a record in an array.

/// The most levels of a pointer. Objects are read to a limited depth.
const MOST_STEPS: usize = 16;

/// A pointer to a value of a record.
#[derive(Clone, Debug)]
pub struct JsonPointer {
    /// The names of members, or the numbers of items, from the outside to the inside.
    pub(super) steps: Vec<String>,
    /// It begins at the whole object, and not at the record in it.
    pub(super) is_outside: bool,
    /// The places of the steps in the tree of all pointers.
    pub(super) places: Vec<usize>,
}

impl JsonPointer {
    /// The pointer in `text`, such as `/call/id` or `/items/0/id`; `None` if it is none. A name with `/` or `~` is
    /// written with `~1` and `~0`.
    #[must_use]
    pub fn parse(text: &str) -> Option<Self> {
        let is_outside = text.starts_with('^');
        let steps = text.strip_prefix('^').unwrap_or(text).strip_prefix('/')?;
        let steps: Option<Vec<String>> = steps.split('/').map(unescaped).collect();
        let steps = steps.filter(|steps| steps.len() <= MOST_STEPS && steps.iter().all(|step| !step.is_empty()))?;
        Some(Self { steps, is_outside, places: Vec::new() })
    }

    /// Whether it leads out of a record in an array.
    #[must_use]
    pub fn is_outside(&self) -> bool {
        self.is_outside
    }
}

fn unescaped(step: &str) -> Option<String> {
    let is_escaped = step.split('~').skip(1).all(|rest| rest.starts_with(['0', '1']));
    is_escaped.then(|| step.replace("~1", "/").replace("~0", "~"))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn pointers_are_those_of_rfc_6901_with_a_mark_for_outside() {
        let steps = |text| JsonPointer::parse(text).map(|pointer| (pointer.is_outside, pointer.steps.join(" ")));
        assert_eq!(steps("/call/id"), Some((false, "call id".to_owned())));
        assert_eq!(steps("^/type"), Some((true, "type".to_owned())));
        assert_eq!(steps("/a~1b/~01/0"), Some((false, "a/b ~1 0".to_owned())));
        for text in ["", "/", "call", "call/id", "/a//b", "/a/", "/a~2", "/a~", "^", "^a", "$.a"] {
            assert_eq!(steps(text), None, "{text:?}");
        }
        assert_eq!(steps(&"/a".repeat(17)), None);
    }
}
