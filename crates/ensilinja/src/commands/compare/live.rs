//! A live process, asked for its figures over HTTP.

use anyhow::Context as _;
use ensilinja_lookback::compare::{EndpointError, FiguresEndpoint};
use ensilinja_serve::{ProcessAddress, ProcessClient};
use tokio::runtime::{Builder, Runtime};

use crate::http_file::ProcessAccess;

/// Where a process has all its figures.
const PATH: &str = "/api/figures";

/// A live process.
pub struct LiveProcess {
    client: ProcessClient,
    runtime: Runtime,
}

impl LiveProcess {
    /// A process that has not been asked yet.
    ///
    /// # Errors
    /// If TLS cannot be spoken as configured, or the system does not let the program wait for an answer.
    pub fn new(address: &ProcessAddress, access: &ProcessAccess) -> anyhow::Result<Self> {
        let runtime = Builder::new_current_thread().enable_all().build();
        let runtime = runtime.context("the system does not let the program wait for an answer")?;
        Ok(Self { client: access.client(address)?, runtime })
    }
}

impl FiguresEndpoint for LiveProcess {
    fn address(&self) -> String {
        self.client.address().to_string()
    }

    fn ask(&self) -> Result<String, EndpointError> {
        self.runtime.block_on(self.client.get(PATH)).map_err(Into::into)
    }
}
