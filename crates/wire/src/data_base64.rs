//! The data of an event as bytes: SDKs write `data_base64` where a program gives them bytes, or a type of content that
//! they do not take for JSON. The JSON format of `CloudEvents` (3.1.1) has a receiver decode it.
//!
//! ```text
//! "data_base64": "eyJsaW5lIjoibWlwYSJ9"   says the same as   "data": {"line":"mipa"}
//! ```

use base64::Engine as _;
use base64::engine::general_purpose::STANDARD;

use crate::contact_data::ContactData;
use crate::members::Shape;
use crate::{Detail, json};

/// The data in `text`, which must be one JSON object in base64 (RFC 4648, section 4, padded).
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
    fn an_object_in_base64_is_data() {
        let data = unpack("eyJsaW5lIjoibWlwYSJ9").map(|data| data.line().map(str::to_owned));
        assert_eq!(data, Ok(Ok("mipa".to_owned())));
    }

    #[test]
    fn what_is_no_base64_and_what_is_no_object_in_it_is_refused() {
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
