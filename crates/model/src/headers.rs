//! The headers of a record, read when they are first requested.
//!
//! Most records are understood from their value alone, and reading headers costs more than all else that is done per
//! record. So a record from Kafka carries a way to its headers, and a record of a test carries the headers themselves.

/// A header: its name and its value, which may be null.
pub type Header<'a> = (&'a str, Option<&'a [u8]>);

/// Reads the headers of one record.
pub trait ReadHeaders {
    /// The headers in order. A second call returns what the first has read.
    fn read(&self) -> &[Header<'_>];
}

/// The headers of a record. It has no `Debug`, because headers may contain personal data.
///
/// ```
/// use ensilinja_model::Headers;
///
/// let list = [("content-type", Some(&b"application/json"[..])), ("trace", None)];
/// let headers = Headers::known(&list);
/// assert_eq!(headers.all(), list);
/// assert!(Headers::NONE.all().is_empty());
/// ```
#[derive(Clone, Copy)]
pub struct Headers<'a>(Source<'a>);

#[derive(Clone, Copy)]
enum Source<'a> {
    Known(&'a [Header<'a>]),
    OnRequest(&'a dyn ReadHeaders),
}

impl<'a> Headers<'a> {
    /// No headers.
    pub const NONE: Self = Self(Source::Known(&[]));

    /// Headers that have been read.
    #[must_use]
    pub const fn known(list: &'a [Header<'a>]) -> Self {
        Self(Source::Known(list))
    }

    /// Headers that `reader` reads when they are first requested.
    #[must_use]
    pub const fn on_request(reader: &'a dyn ReadHeaders) -> Self {
        Self(Source::OnRequest(reader))
    }

    /// All headers in order. Names may repeat.
    #[must_use]
    pub fn all(self) -> &'a [Header<'a>] {
        match self.0 {
            Source::Known(list) => list,
            Source::OnRequest(reader) => reader.read(),
        }
    }
}

#[cfg(test)]
mod tests {
    use std::cell::{Cell, OnceCell};

    use super::*;

    #[derive(Default)]
    struct Counting {
        requests: Cell<u32>,
        list: OnceCell<Vec<Header<'static>>>,
    }

    impl ReadHeaders for Counting {
        fn read(&self) -> &[Header<'_>] {
            self.requests.set(self.requests.get() + 1);
            self.list.get_or_init(|| vec![("a", Some(b"1"))])
        }
    }

    #[test]
    fn headers_are_read_only_when_they_are_requested() {
        let reader = Counting::default();
        let headers = Headers::on_request(&reader);
        assert_eq!(reader.requests.get(), 0);
        assert_eq!(headers.all(), [("a", Some(&b"1"[..]))]);
        assert_eq!(reader.requests.get(), 1);
    }
}
