//! The builds of the product that are measured: this one, and another one if there is something to compare with.
//!
//! The two take turns within each round, so that a machine that is busy for a while is busy for both.

use std::fs;
use std::path::PathBuf;

use anyhow::Context as _;

use crate::table::{Budget, ROUNDS, Row};

/// The program of another revision.
const AGAINST: &str = "ENSILINJA_BENCH_AGAINST";

/// The sample configuration of that revision. Without it, that of this revision is used.
const AGAINST_CONFIG: &str = "ENSILINJA_BENCH_AGAINST_CONFIG";

/// A build of the product.
pub struct Build {
    /// The program.
    pub program: PathBuf,
    /// Its sample configuration, which is that of the simulated county.
    sample: String,
}

/// This build, and perhaps another.
pub struct Builds {
    /// The build of this revision.
    pub this: Build,
    other: Option<Build>,
}

/// The measurements of each round, of one build or of two.
pub struct Turns<T> {
    this: Vec<T>,
    other: Vec<T>,
}

impl Build {
    /// The sample configuration, followed by the text `further`.
    pub fn configuration(&self, further: &str) -> String {
        format!("{}\n{further}", self.sample)
    }
}

impl Builds {
    /// This build, and the one that the environment names.
    pub fn from_environment() -> anyhow::Result<Self> {
        let this =
            Build { program: env!("CARGO_BIN_EXE_ensilinja").into(), sample: ensilinja_config::SAMPLE.to_owned() };
        let Some(program) = std::env::var_os(AGAINST).map(PathBuf::from) else {
            return Ok(Self { this, other: None });
        };
        anyhow::ensure!(program.is_file(), "{AGAINST}: there is no program {}", program.display());
        let sample = match std::env::var_os(AGAINST_CONFIG).map(PathBuf::from) {
            Some(file) => fs::read_to_string(&file).with_context(|| format!("{AGAINST_CONFIG}: {}", file.display()))?,
            None => this.sample.clone(),
        };
        Ok(Self { this, other: Some(Build { program, sample }) })
    }

    /// Measures each build once in each round.
    pub fn rounds<T>(&self, mut measure: impl FnMut(&Build) -> anyhow::Result<T>) -> anyhow::Result<Turns<T>> {
        let mut turns = Turns::new();
        for _ in 0..ROUNDS {
            turns.take(self, &mut measure)?;
        }
        Ok(turns)
    }
}

impl<T> Turns<T> {
    /// No round yet.
    pub const fn new() -> Self {
        Self { this: Vec::new(), other: Vec::new() }
    }

    /// Measures each build once.
    pub fn take(
        &mut self,
        builds: &Builds,
        mut measure: impl FnMut(&Build) -> anyhow::Result<T>,
    ) -> anyhow::Result<()> {
        self.this.push(measure(&builds.this)?);
        if let Some(other) = &builds.other {
            self.other.push(measure(other)?);
        }
        Ok(())
    }

    /// The measurements of this build.
    pub fn of_this(&self) -> &[T] {
        &self.this
    }

    /// A row of this build. With another build, the same row of that one and the ratio of the two, which has a budget.
    pub fn rows(
        &self,
        [name, unit]: [&str; 2],
        decimals: usize,
        of: impl Fn(&T) -> f64,
        budget: Budget,
        ratio: Budget,
    ) -> Vec<Row> {
        let of_all = |rounds: &[T]| rounds.iter().map(&of).collect::<Vec<_>>();
        let (this, other) = (of_all(&self.this), of_all(&self.other));
        let mut rows = vec![Row::new(format!("{name}: {unit}"), this.clone(), decimals).within(budget)];
        if !other.is_empty() {
            let ratios = this.iter().zip(&other).map(|(this, other)| this / other).collect();
            rows.push(Row::new(format!("{name}, other build: {unit}"), other, decimals));
            rows.push(Row::new(format!("{name}, this/other: {unit}"), ratios, 2).within(ratio));
        }
        rows
    }
}
