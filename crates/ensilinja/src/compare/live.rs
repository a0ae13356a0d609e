//! A live process, asked for its figures.

use std::thread;
use std::time::Duration;

use anyhow::Context as _;
use ensilinja_catalogue::FiguresDocument;
use ensilinja_model::EventTime;
use ensilinja_serve::{ProcessAddress, ProcessRequestError};
use tokio::runtime::{Builder, Runtime};

/// Where a process has all its figures.
const PATH: &str = "/api/figures";

/// How often two processes are asked until they speak of the same instant, which is a whole second.
const TRIES: usize = 20;

/// How long to wait before they are asked again.
const PAUSE: Duration = Duration::from_millis(150);

/// A live process.
pub struct Live {
    address: ProcessAddress,
    runtime: Runtime,
}

impl Live {
    /// A process that has not been asked yet.
    ///
    /// # Errors
    /// If the system lets nobody wait for an answer.
    pub fn new(address: &ProcessAddress) -> anyhow::Result<Self> {
        let runtime = Builder::new_current_thread().enable_all().build();
        let runtime = runtime.context("the system lets nobody wait for an answer")?;
        Ok(Self { address: address.clone(), runtime })
    }

    /// Its figures, and the instant they are of.
    ///
    /// # Errors
    /// If it does not answer, or has no figures yet.
    pub fn ask(&self) -> anyhow::Result<(FiguresDocument, EventTime)> {
        understood(&self.address, self.runtime.block_on(self.address.get(PATH)))
    }

    /// Its figures and those of another process, of the same instant.
    ///
    /// # Errors
    /// If one does not answer or has no figures yet, or they never speak of the same instant.
    pub fn ask_with(&self, other: &Self) -> anyhow::Result<(EventTime, [FiguresDocument; 2])> {
        let mut apart_ms = 0;
        for _ in 0..TRIES {
            let (one, its) = (&self.address, &other.address);
            let (of_one, of_other) = self.runtime.block_on(async { tokio::join!(one.get(PATH), its.get(PATH)) });
            let (of_one, as_of) = understood(one, of_one)?;
            let (of_other, other_as_of) = understood(its, of_other)?;
            if as_of == other_as_of {
                return Ok((as_of, [of_one, of_other]));
            }
            apart_ms = as_of.millis_since(other_as_of);
            thread::sleep(PAUSE);
        }
        let (ahead, behind) =
            if apart_ms > 0 { (&self.address, &other.address) } else { (&other.address, &self.address) };
        anyhow::bail!(
            "the figures of {behind} are {} s older than those of {ahead}, so they are never of the same instant: see \
             {behind}/readyz",
            apart_ms.abs() / 1000
        )
    }
}

fn understood(
    address: &ProcessAddress,
    answer: Result<String, ProcessRequestError>,
) -> anyhow::Result<(FiguresDocument, EventTime)> {
    let shown = FiguresDocument::parse(&answer?).with_context(|| format!("{address} is not a process of Ensilinja"))?;
    let reasons = shown.reasons.join("; ");
    let as_of = shown.as_of.with_context(|| {
        format!(
            "{address} has no figures yet: it is still reading ({reasons}); try again when {address}/readyz says ready"
        )
    })?;
    if !shown.complete {
        tracing::warn!("the figures of {address} are not complete: {reasons}");
    }
    Ok((shown, as_of))
}
