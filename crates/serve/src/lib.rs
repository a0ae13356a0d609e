//! The figures over HTTP: metrics, health, JSON and the live table.
