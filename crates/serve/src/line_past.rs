//! Questions about one line and its past: `GET /api/days/LINE` and `GET /api/contacts/LINE`.
//!
//! The JSON of both is written by the catalogue ([`days_json`], [`contacts_json`]). Contacts are about single people,
//! so they are listed only where the configuration says so (`server.contacts`); otherwise the answer is 403.

use std::sync::Arc;

use ensilinja_catalogue::{NamedFigure, contacts_json, days_json};
use ensilinja_ledger::Window;
use ensilinja_model::EventTime;
use hyper::StatusCode;
use serde_json::json;

use crate::look_back::{JsonAnswer, LookBack, not_remembered, second_of};
use crate::query::parameter;
use crate::source::{ContactsQuestion, ContactsRefusal};

impl LookBack {
    /// The day of a line beside other days, now or at the instant of the query. `None` if the answer failed.
    pub async fn days(self: &Arc<Self>, line: usize, query: Option<&str>) -> Option<JsonAnswer> {
        let at = match instant(query) {
            Ok(at) => at,
            Err(error) => return Some(JsonAnswer::new(StatusCode::BAD_REQUEST, &json!({ "error": error }))),
        };
        let look_back = Arc::clone(self);
        self.in_turn(move || match look_back.source.days(line, at) {
            Ok(comparison) => JsonAnswer::new(StatusCode::OK, &days_json(look_back.id_of(line), &comparison)),
            Err(memory) => not_remembered(memory),
        })
        .await
    }

    /// The contacts of a figure of a line. `None` if the answer failed.
    pub async fn contacts(self: &Arc<Self>, line: usize, query: Option<&str>) -> Option<JsonAnswer> {
        if !self.source.lists_contacts() {
            let error = "contacts are not listed here: the configuration does not set server.contacts = true";
            return Some(JsonAnswer::new(StatusCode::FORBIDDEN, &json!({ "error": error })));
        }
        let question = match question(line, query) {
            Ok(question) => question,
            Err(error) => return Some(JsonAnswer::new(StatusCode::BAD_REQUEST, &json!({ "error": error }))),
        };
        let look_back = Arc::clone(self);
        let answer = self.in_turn(move || match look_back.source.contacts(&question) {
            Ok(list) => Some(JsonAnswer::new(StatusCode::OK, &contacts_json(look_back.id_of(line), &list))),
            Err(ContactsRefusal::NotRemembered(memory)) => Some(not_remembered(memory)),
            Err(ContactsRefusal::Bug(what)) => {
                tracing::error!(%what, "contacts do not add up to their figure");
                None
            }
        });
        answer.await.flatten()
    }

    fn id_of(&self, line: usize) -> &str {
        self.exposition.lines().infos()[line].id.as_str()
    }
}

/// The question of a query, or why it is none. Nothing of the query is repeated.
fn question(line: usize, query: Option<&str>) -> Result<ContactsQuestion, &'static str> {
    let figure = parameter(query, "figure").ok_or("name a figure, such as ?window=today&figure=contacts_offered")?;
    let figures = NamedFigure::find(&figure)
        .map_err(|_| "there is no such figure, or it needs a label; docs/METRICS.md has all names and labels")?;
    let window = match parameter(query, "window") {
        Some(name) => Some(Window::from_name(&name).ok_or("there is no such window; docs/METRICS.md has all windows")?),
        None => None,
    };
    let fits = |figure: &NamedFigure| match window {
        Some(window) => figure.windows().contains(&window),
        None => figure.windows().is_empty(),
    };
    if !figures.iter().all(fits) {
        return Err("figures of a window need a window that they have, and others take none; see docs/METRICS.md");
    }
    Ok(ContactsQuestion { line, figures, window, at: instant(query)? })
}

/// The instant of a query, if it names one; or why it is none.
fn instant(query: Option<&str>) -> Result<Option<EventTime>, &'static str> {
    let Some(seconds) = parameter(query, "at") else { return Ok(None) };
    let second = second_of(&seconds).ok_or("give the instant as a whole number of seconds since 1970")?;
    Ok(Some(EventTime::from_seconds(second)))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_question_names_a_figure_and_a_window_if_it_has_any() {
        for (query, is_one) in [
            (Some("window=today&figure=contacts_offered"), true),
            (Some("window=today&figure=promise_kept"), true),
            (Some("figure=waiting"), true),
            (Some("figure=waiting&at=1758006900"), true),
            (Some("figure=waiting&at=now"), false),
            (Some("window=today&figure=waiting"), false),
            (Some("figure=contacts_offered"), false),
            (Some("window=fortnight&figure=contacts_offered"), false),
            (Some("window=today&figure=nonsense"), false),
            (Some("window=today"), false),
            (None, false),
        ] {
            assert_eq!(question(0, query).is_ok(), is_one, "{query:?}");
        }
        let two = question(0, Some("window=today&figure=promise_kept")).unwrap();
        assert_eq!((two.figures.len(), two.window), (2, Some(Window::Today)));
    }
}
