//! Where the board links to, as configured.

use serde_json::{Value, json};

/// The addresses that the board links to. The default is none.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct BoardLinks {
    /// The dashboard of a line, with `{line}` for its id.
    pub grafana: Option<String>,
    /// The runbook of an alert, with `{alert}` for its name.
    pub runbook: Option<String>,
}

impl BoardLinks {
    /// For the board; an address that is not configured is left out.
    pub(crate) fn to_json(&self) -> Value {
        let links = [("grafana", &self.grafana), ("runbook", &self.runbook)];
        links.into_iter().filter_map(|(name, address)| Some((name.to_owned(), json!(address.as_ref()?)))).collect()
    }
}
