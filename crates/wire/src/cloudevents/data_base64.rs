//! Event data in base64. SDKs write `data_base64` when a program passes bytes, or a content type that they do not
//! recognize as JSON. A receiver has to decode it (JSON format of `CloudEvents`, 3.1.1).
//!
//! ```text
//! "data_base64": "eyJsaW5lIjoibWlwYSJ9"   is the same as   "data": {"line":"mipa"}
//! ```

use base64::Engine as _;
use base64::engine::general_purpose::STANDARD;

use super::contact_data::ContactData;
use crate::json::members::Shape;
use crate::{Detail, json};

/// Decodes `text`, which must be one JSON object in base64 (RFC 4648, section 4, padded).
pub(crate) fn unpack(text: &str) -> Result<ContactData<'static>, Detail> {
    let bytes = STANDARD.decode(text).map_err(|_| Detail::BadDataBase64)?;
    let text = json::text(&bytes).map_err(|_| Detail::BadDataBase64)?;
    let mut data = ContactData::default();
    match json::read(text, &mut data) {
        Ok(Shape::Object) => Ok(data.into_owned()),
        Err(detail @ (Detail::DuplicateKey | Detail::TooDeep)) => Err(detail),
        Ok(Shape::Null | Shape::Other) | Err(_) => Err(Detail::BadDataBase64),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn fault(text: &str) -> Option<Detail> {
        unpack(text).map(drop).err()
    }

    #[test]
    fn an_object_in_base64_is_read_as_data() {
        let data = unpack("eyJsaW5lIjoibWlwYSJ9").map(|data| data.line().map(str::to_owned));
        assert_eq!(data, Ok(Ok("mipa".to_owned())));
    }

    #[test]
    fn invalid_base64_and_values_other_than_an_object_are_rejected() {
        for json in ["", "null", "[]", "7", "{", "line=mipa", r#""{\"line\":\"mipa\"}""#] {
            assert_eq!(fault(&STANDARD.encode(json)), Some(Detail::BadDataBase64), "{json}");
        }
        for text in ["eyJsaW5lIjoibWlwYSJ", "eyJsaW5l\nIjoibWlwYSJ9", "{\"line\":\"mipa\"}", "e30", "=", "__-_"] {
            assert_eq!(fault(text), Some(Detail::BadDataBase64), "{text}");
        }
        assert_eq!(fault(&STANDARD.encode(b"\xff\xff")), Some(Detail::BadDataBase64));
        assert_eq!(fault(&STANDARD.encode(r#"{"line":"a","line":"b"}"#)), Some(Detail::DuplicateKey));
    }
}
