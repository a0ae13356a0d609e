//! The query of an address: `window=today&figure=contacts_decided%7Bresult%3D%22answered%22%7D`.

/// The value of a parameter, if the query has it exactly once. Text that is not percent-encoded UTF-8 is no value.
pub(crate) fn parameter(query: Option<&str>, name: &str) -> Option<String> {
    let mut values = query?.split('&').filter_map(|pair| pair.split_once('=')).filter(|(key, _)| *key == name);
    let (_, value) = values.next()?;
    if values.next().is_some() { None } else { decoded(value) }
}

fn decoded(value: &str) -> Option<String> {
    let mut bytes = Vec::with_capacity(value.len());
    let mut rest = value.bytes();
    while let Some(byte) = rest.next() {
        bytes.push(match byte {
            b'+' => b' ',
            b'%' => {
                let digits = [rest.next()?, rest.next()?].map(|digit| char::from(digit).to_digit(16));
                u8::try_from(digits[0]? * 16 + digits[1]?).ok()?
            }
            other => other,
        });
    }
    String::from_utf8(bytes).ok()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_parameter_is_decoded_and_must_come_once() {
        let query = Some("window=today&figure=decided%7Bresult%3D%22a+b%22%7D&twice=1&twice=2&bad=%4&worse=%ff&empty=");
        for (name, value) in [
            ("window", Some("today")),
            ("figure", Some("decided{result=\"a b\"}")),
            ("twice", None),
            ("bad", None),
            ("worse", None),
            ("empty", Some("")),
            ("other", None),
        ] {
            assert_eq!(parameter(query, name).as_deref(), value, "{name}");
        }
        assert_eq!(parameter(None, "window"), None);
    }
}
