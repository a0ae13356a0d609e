//! The source format `CloudEvents` 1.0: parsing, encoding, and the known ways in which records are malformed.
//!
//! ```text
//! Record --content_mode--> event::CloudEvent --parsed--> ParsedEvent
//!                \--------------\------------- Detail --diagnosis--> the Detail of the sender's mistake
//! ```

mod certain_line;
mod contact_data;
mod content_mode;
mod data_base64;
mod diagnosis;
pub(crate) mod encoder;
mod event;
pub mod malformed;

pub(crate) use certain_line::certain_line;
pub(crate) use content_mode::{parse, read, read_attributes};
pub(crate) use diagnosis::cause;
#[cfg(test)]
pub(crate) use event::CloudEvent;
