//! The console: what the program shares with its user and the system around it. Colours, progress, the log, standard
//! output, output files and shutdown.

pub mod atomic_file;
pub mod colour;
pub mod destination;
pub mod logging;
pub mod progress;
pub mod shutdown;
pub mod standard_output;
