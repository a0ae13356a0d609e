//! Explanations: which entries of which contacts make up a figure, and what became of a contact.
//!
//! ```text
//! figure:   read --> the legs of the line --> entries that add to it --> read again --> where each fact is, and whose
//! contact:  read --> the facts of the contact --> its legs, their entries, their promise
//! ```
//!
//! An explanation is derived from the entries of the live ledger and read by the catalogue that the metrics are read
//! by. It is checked against a ledger's own figure before it is returned; one that does not add up is a bug, and is
//! reported as one. The ledger keeps no ids, so the source is read a second time for the contacts to be named.

mod contact;
mod figure;
mod figure_question;
mod layout;
mod promise;
mod provenance;
mod words;

pub use contact::{ContactQuestion, explain_contact};
pub use figure::explain_figure;
pub(crate) use figure::made_of;
pub use figure_question::FigureQuestion;
pub(crate) use layout::FigureEntry;
