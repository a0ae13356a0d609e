//! The behaviour of contacts on a line, as shares and means for the generator.

use std::sync::Arc;

use super::feedback_answers::FeedbackAnswers;
use super::monthly::MonthlyContacts;
use super::published_tables::{ChatFigures, OutcomeFigures, PhoneFigures};

/// The behaviour of contacts on a line. Shares are 0 to 1; waits are means in seconds.
#[derive(Clone, Debug)]
pub(crate) struct Behaviour {
    /// Arriving contacts, including transfers and repeat contacts.
    pub contacts: MonthlyContacts,
    /// Shares of contacts decided: answered live, callback requested, abandoned. Contacts outside opening hours are
    /// abandoned.
    pub decisions: [f64; 3],
    /// From arrival to answer, including the menu.
    pub answer_wait_mean_s: f64,
    pub callback_wait: CallbackWait,
    /// From answer, or from the moment a callback reaches the customer, to the end.
    pub handling_mean_s: f64,
    /// Shares of recorded outcomes: handled, continues in the county's services, continues in hyte services, other.
    pub outcomes: [f64; 4],
    /// Feedback of the customers; `None` if the line has no survey.
    pub feedback: Option<Arc<FeedbackAnswers>>,
}

/// Callback waits from request to reached, in elapsed time.
#[derive(Clone, Copy, Debug)]
pub(crate) struct CallbackWait {
    /// The mean over the nine published months.
    pub mean_s: f64,
    /// The share of late callbacks among those reached, for each quarter. (Assumptions.)
    pub late: [f64; 4],
    /// The share of late callbacks over the nine published months.
    pub late_mean: f64,
    /// The number of callbacks in an average month.
    pub a_month: f64,
}

/// The share of callback requests whose customer is never reached. (Assumption: the published figures leave little room
/// for them.)
pub(crate) const UNREACHED: f64 = 0.008;
/// Mean wait to answer on phone lines, including the menu. (Assumption: not published.)
const PHONE_ANSWER_WAIT_S: f64 = 95.0;
/// Mean handling times. (Assumptions: not published.)
const PHONE_HANDLING_S: f64 = 380.0;
const CHAT_HANDLING_S: f64 = 840.0;
const SMS_HANDLING_S: f64 = 300.0;
/// Text messages are answered between other work. (Assumptions: not published.)
const SMS_ANSWER_WAIT_S: f64 = 1_500.0;
const SMS_ANSWERED: f64 = 0.97;

impl Behaviour {
    /// A phone line with these published figures. `callback_wait_s` is the published or the assumed mean.
    ///
    /// In the published figures, answered live and handled as callback add up to service %, as if every customer were
    /// reached. The simulation has a few who are not: it raises the share of requests by half of them, and so lowers
    /// the share of reached callbacks by the other half. Both stay within a third of a percentage point of the
    /// published shares. For a line that only calls back, 0 % and 100 % of contacts handled are published; its requests
    /// are its service %.
    pub(super) fn phone(
        contacts: MonthlyContacts,
        figures: &PhoneFigures,
        callback_wait_s: f64,
        late: [f64; 4],
    ) -> Self {
        let only_calls_back = figures.answered_live == 0.0;
        let requested =
            if only_calls_back { figures.service } else { figures.handled_as_callback * (1.0 + 0.5 * UNREACHED) };
        let late_mean = over_published_quarters(&contacts, late);
        let a_month = contacts.mean() * requested;
        Self {
            contacts,
            decisions: [figures.answered_live, requested, 1.0 - figures.answered_live - requested],
            answer_wait_mean_s: PHONE_ANSWER_WAIT_S,
            callback_wait: CallbackWait { mean_s: callback_wait_s, late, late_mean, a_month },
            handling_mean_s: PHONE_HANDLING_S,
            outcomes: outcome_mix(&figures.outcomes),
            feedback: None,
        }
    }

    /// A chat with these published figures.
    pub(super) fn chat(contacts: MonthlyContacts, figures: &ChatFigures) -> Self {
        Self {
            contacts,
            decisions: [1.0 - figures.not_answered, 0.0, figures.not_answered],
            answer_wait_mean_s: figures.mean_wait_s,
            callback_wait: CallbackWait::NONE,
            handling_mean_s: CHAT_HANDLING_S,
            outcomes: outcome_mix(&figures.outcomes),
            feedback: None,
        }
    }

    /// A line for text messages. Nothing is published about it: the outcomes are those of another line.
    pub(super) fn sms(contacts: MonthlyContacts, outcomes: &OutcomeFigures) -> Self {
        Self {
            contacts,
            decisions: [SMS_ANSWERED, 0.0, 1.0 - SMS_ANSWERED],
            answer_wait_mean_s: SMS_ANSWER_WAIT_S,
            callback_wait: CallbackWait::NONE,
            handling_mean_s: SMS_HANDLING_S,
            outcomes: outcome_mix(outcomes),
            feedback: None,
        }
    }

    /// The share of arriving contacts that are handled, directly or by callback.
    pub(crate) fn handled(&self) -> f64 {
        self.decisions[0] + self.decisions[1]
    }
}

impl CallbackWait {
    const NONE: Self = Self { mean_s: 0.0, late: [0.0; 4], late_mean: 0.0, a_month: 0.0 };
}

/// The mean of quarterly shares over the three published quarters, weighted by contacts.
fn over_published_quarters(contacts: &MonthlyContacts, of_quarter: [f64; 4]) -> f64 {
    let quarters = contacts.quarters();
    let sum: f64 = quarters.iter().zip(of_quarter).map(|(contacts, share)| contacts * share).sum();
    sum / quarters.iter().sum::<f64>()
}

/// The shares of outcomes. First-contact resolution is the sum of handled, continues in the county and continues in
/// hyte services. If the first two exceed the published sum, they are kept.
fn outcome_mix(figures: &OutcomeFigures) -> [f64; 4] {
    let OutcomeFigures { first_contact_resolution, handled, continues_county } = *figures;
    let hyte = (first_contact_resolution - handled - continues_county).max(0.0);
    [handled, continues_county, hyte, 1.0 - handled - continues_county - hyte]
}
