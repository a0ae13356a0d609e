//! Who a client says it is.

use base64::Engine as _;
use base64::engine::general_purpose::STANDARD;
use hyper::header::HeaderValue;

/// The value of the header `Authorization`. `Debug` does not show it.
#[derive(Clone, Debug)]
pub struct Authorization(pub(super) HeaderValue);

impl Authorization {
    /// A user and a password (RFC 7617).
    #[must_use]
    pub fn basic(user: &str, password: &str) -> Self {
        let value = format!("Basic {}", STANDARD.encode(format!("{user}:{password}")));
        Self::new(&value).expect("base64 has only letters that a header may have")
    }

    /// Credentials after the name of a scheme, such as `Bearer`; `None` if a character of them is none of a header.
    #[must_use]
    pub fn with_scheme(scheme: &str, credentials: &str) -> Option<Self> {
        Self::new(&format!("{scheme} {credentials}"))
    }

    fn new(value: &str) -> Option<Self> {
        let mut value = HeaderValue::from_str(value).ok()?;
        value.set_sensitive(true);
        Some(Self(value))
    }
}
