//! The counters of the process as plain values: what a registry of counters hands over to be written.

/// A family of counters, gauges or histograms that a registry keeps.
#[derive(Clone, Debug, PartialEq)]
pub struct RegistryFamily {
    /// The name of its metric in the catalogue.
    pub name: String,
    /// The series, in the order in which they are written.
    pub series: Vec<RegistrySeries>,
}

/// One series of a family.
#[derive(Clone, Debug, PartialEq)]
pub struct RegistrySeries {
    /// The values of the metric's labels, in the order of the catalogue.
    pub labels: Vec<String>,
    /// The current value.
    pub value: RegistryValue,
}

/// The value of a series.
#[derive(Clone, Debug, PartialEq)]
pub enum RegistryValue {
    /// The value of a counter or a gauge.
    Number(f64),
    /// A histogram.
    Histogram {
        /// Each upper bound but `+Inf`, ascending, with the number of observations at or below it.
        buckets: Vec<(f64, u64)>,
        /// The number of observations.
        count: u64,
        /// Their sum.
        sum: f64,
    },
}
