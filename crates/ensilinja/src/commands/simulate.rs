//! `ensilinja simulate`: a simulated county publishes its events to a real topic, or writes them to a file.

pub mod event_file_writer;
mod publishing;
mod request;
mod simulated_past;
mod writing;

use ensilinja_config::Config;

use crate::console::shutdown::runtime;
use simulated_past::SimulatedPast;

pub use request::SimulateRequest;

/// Publishes or writes the events until the end of the period, or until SIGINT or SIGTERM.
///
/// # Errors
/// If the topic does not take the events or does not keep them, the file cannot be written, or a past period was
/// stopped before its end.
pub fn simulate(request: &SimulateRequest, config: &Config) -> anyhow::Result<()> {
    let runtime = runtime()?;
    match (&request.output, &request.period) {
        (Some(path), Some(period)) => {
            writing::write(path.clone(), SimulatedPast::new(request, period), request.force, runtime)
        }
        _ => publishing::publish(request, config, &runtime),
    }
}
