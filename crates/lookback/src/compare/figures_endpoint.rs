//! The endpoint at which a live process gives its figures: a trait that the program implements.

use std::error::Error;

/// Why a process gave no answer.
pub type EndpointError = Box<dyn Error + Send + Sync>;

/// A live process. The program implements how it is asked.
pub trait FiguresEndpoint: Sync {
    /// Its address, as messages call it.
    fn address(&self) -> String;

    /// The text of its `/api/figures`.
    ///
    /// # Errors
    /// If it does not answer.
    fn ask(&self) -> Result<String, EndpointError>;
}
