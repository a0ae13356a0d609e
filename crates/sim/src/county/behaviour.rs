//! How contacts fare on a line, as shares and means: what the generator deals out.

use std::sync::Arc;

use super::feedback_answers::FeedbackAnswers;
use super::monthly::MonthlyContacts;
use super::published_tables::{ChatFigures, OutcomeFigures, PhoneFigures};

/// How contacts fare on a line. Shares are of 1; waits are means in seconds.
#[derive(Clone, Debug)]
pub(crate) struct Behaviour {
    /// Contacts that arrive, moved ones and those who come again among them.
    pub contacts: MonthlyContacts,
    /// Of those decided: answered live, asked for a callback, gave up. Contacts that come while the line is closed are
    /// among the last.
    pub fates: [f64; 3],
    /// From arrival to answer, the menu included.
    pub answer_wait_mean_s: f64,
    pub callback_wait: CallbackWait,
    /// From answer (or from the moment a callback reaches the customer) to the end.
    pub handling_mean_s: f64,
    /// How recorded outcomes divide: handled, continues in the county's services, continues in hyte services, other.
    pub outcomes: [f64; 4],
    /// What customers answer afterwards; `None` where nobody asks them.
    pub feedback: Option<Arc<FeedbackAnswers>>,
}

/// From request to reached, by the clock on the wall.
#[derive(Clone, Copy, Debug)]
pub(crate) struct CallbackWait {
    /// Over the nine months that are published.
    pub mean_s: f64,
    /// Of those reached: how many only after the promised time, in each quarter of a year. (Assumptions.)
    pub late: [f64; 4],
    /// How many are reached only after the promised time over the nine months.
    pub late_mean: f64,
    /// Callbacks in an average month.
    pub a_month: f64,
}

/// Of those who ask for a callback: never reached. (Assumption; the printed figures leave hardly any room for them.)
pub(crate) const UNREACHED: f64 = 0.008;
/// Mean wait of those answered on the phone, the menu included: not published. (Assumption.)
const PHONE_ANSWER_WAIT_S: f64 = 95.0;
/// Mean handling times: not published. (Assumptions.)
const PHONE_HANDLING_S: f64 = 380.0;
const CHAT_HANDLING_S: f64 = 840.0;
const SMS_HANDLING_S: f64 = 300.0;
/// Text messages are answered in turn with other work: not published. (Assumptions.)
const SMS_ANSWER_WAIT_S: f64 = 1_500.0;
const SMS_ANSWERED: f64 = 0.97;

impl Behaviour {
    /// A phone line of these published figures. `callback_wait_s` is the published mean, or what is assumed for it.
    ///
    /// Printed, answered live and handled as callback add up to service %: whoever asks is reached. A few are not, so
    /// the requests are half of those more than are handled as callback, and those reached the other half fewer: both
    /// shares stay within a third of a point of the printed. A line that only calls back prints 0 and 100, per handled
    /// contact: there the requests are its service %.
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
            fates: [figures.answered_live, requested, 1.0 - figures.answered_live - requested],
            answer_wait_mean_s: PHONE_ANSWER_WAIT_S,
            callback_wait: CallbackWait { mean_s: callback_wait_s, late, late_mean, a_month },
            handling_mean_s: PHONE_HANDLING_S,
            outcomes: outcome_mix(&figures.outcomes),
            feedback: None,
        }
    }

    /// A chat of these published figures.
    pub(super) fn chat(contacts: MonthlyContacts, figures: &ChatFigures) -> Self {
        Self {
            contacts,
            fates: [1.0 - figures.not_answered, 0.0, figures.not_answered],
            answer_wait_mean_s: figures.mean_wait_s,
            callback_wait: CallbackWait::NONE,
            handling_mean_s: CHAT_HANDLING_S,
            outcomes: outcome_mix(&figures.outcomes),
            feedback: None,
        }
    }

    /// A line for text messages, of which nothing is published: outcomes are those of another line.
    pub(super) fn sms(contacts: MonthlyContacts, outcomes: &OutcomeFigures) -> Self {
        Self {
            contacts,
            fates: [SMS_ANSWERED, 0.0, 1.0 - SMS_ANSWERED],
            answer_wait_mean_s: SMS_ANSWER_WAIT_S,
            callback_wait: CallbackWait::NONE,
            handling_mean_s: SMS_HANDLING_S,
            outcomes: outcome_mix(outcomes),
            feedback: None,
        }
    }

    /// Of those who arrive: spoken to, at once or when they are called back.
    pub(crate) fn handled(&self) -> f64 {
        self.fates[0] + self.fates[1]
    }
}

impl CallbackWait {
    const NONE: Self = Self { mean_s: 0.0, late: [0.0; 4], late_mean: 0.0, a_month: 0.0 };
}

/// The mean of a share of each quarter's contacts, over the nine months that are published.
fn over_published_quarters(contacts: &MonthlyContacts, of_quarter: [f64; 4]) -> f64 {
    let quarters = contacts.quarters();
    let sum: f64 = quarters.iter().zip(of_quarter).map(|(contacts, share)| contacts * share).sum();
    sum / quarters.iter().sum::<f64>()
}

/// First-contact resolution is what is handled, what continues in the county and what continues in hyte services. The
/// first two are kept where they are more than the printed sum.
fn outcome_mix(figures: &OutcomeFigures) -> [f64; 4] {
    let OutcomeFigures { first_contact_resolution, handled, continues_county } = *figures;
    let hyte = (first_contact_resolution - handled - continues_county).max(0.0);
    [handled, continues_county, hyte, 1.0 - handled - continues_county - hyte]
}
