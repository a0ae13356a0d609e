//! The event type that a misspelt one probably means.

use ensilinja_config::nearest;
use ensilinja_model::FactKind;
use ensilinja_wire::{Decoder, Detail, EVENT_TYPE_PREFIX, Record, Rejection};

/// The type that was probably meant by a record that is rejected for a misspelt type; `None` for any other record, and
/// where no known type is near. Nothing of the record is repeated.
#[must_use]
pub fn meant_type(record: &Record<'_>, rejection: Rejection) -> Option<String> {
    if rejection.detail != Detail::MisspeltType {
        return None;
    }
    let kind = nearest_kind(&Decoder::event_type(record).ok()?)?;
    Some(format!("{EVENT_TYPE_PREFIX}{}", kind.as_str()))
}

/// The kind of fact that a type most likely means: compared without a version at its end, in lower case, with `_`
/// between its words.
fn nearest_kind(event_type: &str) -> Option<FactKind> {
    let is_version = |part: &str| {
        let digits = part.strip_prefix(['v', 'V']).unwrap_or(part);
        !digits.is_empty() && digits.bytes().all(|byte| byte.is_ascii_digit())
    };
    let mut parts: Vec<&str> = event_type.trim().split(['.', '/', ':']).filter(|part| !is_version(part)).collect();
    let own: Vec<&str> = EVENT_TYPE_PREFIX.split('.').collect();
    parts.retain(|part| !own.iter().any(|own| own.eq_ignore_ascii_case(part)));
    let known = || FactKind::ALL.iter().map(|kind| kind.as_str());
    let of = |text: &str| nearest(&in_snake_case(text), known());
    FactKind::from_name(of(&parts.join("_")).or_else(|| of(parts.last()?))?)
}

fn in_snake_case(text: &str) -> String {
    let (mut words, mut after_small) = (String::new(), false);
    for letter in text.chars() {
        if letter.is_uppercase() && after_small {
            words.push('_');
        }
        words.extend(letter.to_lowercase());
        after_small = letter.is_lowercase();
    }
    words.replace(['-', ' '], "_")
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_meant_type_is_found_despite_case_version_and_typos() {
        for (event_type, kind) in [
            ("fi.ensilinja.contact.Offered", Some(FactKind::Offered)),
            ("fi.ensilinja.contact.offered.v1", Some(FactKind::Offered)),
            ("fi.ensilinja.contact.v2.CallbackRequested", Some(FactKind::CallbackRequested)),
            ("fi.ensilinja.callback-closed", Some(FactKind::CallbackClosed)),
            ("FI.ENSILINJA.CONTACT.OUTCOME_RECORDED", Some(FactKind::OutcomeRecorded)),
            ("fi.ensilinja.contact.answerd ", Some(FactKind::Answered)),
            ("fi.ensilinja_contact.ended", Some(FactKind::Ended)),
            ("fi.ensilinja.contact.whispered", None),
            ("fi.ensilinja.contact.", None),
        ] {
            assert_eq!(nearest_kind(event_type), kind, "{event_type}");
        }
    }
}
