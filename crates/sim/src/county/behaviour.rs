//! How contacts fare on a line, as shares and means: what the generator draws from.

use super::published::{ChatFigures, FeedbackFigures, OutcomeFigures, PhoneFigures};

/// How contacts fare on a line. Shares are of 1; waits are means in seconds.
#[derive(Clone, Debug)]
pub(crate) struct Behaviour {
    /// Contacts that arrive in an average month.
    pub monthly_contacts: f64,
    /// Of those who come while the line is open: answered while they wait.
    pub answered: f64,
    /// Of the same: leave a callback request. The rest abandon.
    pub callback_requested: f64,
    /// From arrival to answer, the menu included.
    pub answer_wait_mean_s: f64,
    pub callback_wait: CallbackWait,
    /// From answer (or from the moment a callback reaches the customer) to the end.
    pub handling_mean_s: f64,
    pub outcomes: OutcomeMix,
    pub feedback: FeedbackMix,
}

/// From request to reached, by the clock on the wall: on the same day, or on the next that the line opens.
#[derive(Clone, Copy, Debug)]
pub(crate) struct CallbackWait {
    pub same_day_mean_s: f64,
    pub next_day_share: f64,
}

/// How recorded outcomes divide.
#[derive(Clone, Copy, Debug)]
pub(crate) struct OutcomeMix {
    pub handled: f64,
    pub continues_county: f64,
    pub continues_hyte: f64,
    pub other: f64,
}

/// How answers to the feedback questions divide.
#[derive(Clone, Copy, Debug)]
pub(crate) struct FeedbackMix {
    pub promoters: f64,
    pub passives: f64,
    pub detractors: f64,
    pub continues_yes: f64,
    pub solved_yes: f64,
}

/// A line whose published mean is above this does not make all callbacks on the day they are asked for. (Assumption.)
const SAME_DAY_AT_MOST_S: f64 = 3_600.0;
/// What a callback that is left for the next opening takes on average: four nights of five are one, Friday's is three.
/// (Assumption, from opening hours.)
const NEXT_DAY_MEAN_S: f64 = 30.0 * 3600.0;
/// 7 or 8 of 10, which the printed NPS does not tell. (Assumption.)
const PASSIVE_SHARE: f64 = 0.12;
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
    /// Printed, answered live and handled as callback add up to service %: nearly everyone who asks is reached. So the
    /// share of *reached* stands for that of *requested* here. A line that only calls back prints 0 and 100, per
    /// handled contact: there the requests are its service %.
    pub(super) fn phone(
        monthly_contacts: f64,
        figures: &PhoneFigures,
        callback_wait_s: f64,
        feedback: &FeedbackFigures,
    ) -> Self {
        let only_calls_back = figures.answered_live == 0.0;
        Self {
            monthly_contacts,
            answered: figures.answered_live,
            callback_requested: if only_calls_back { figures.service } else { figures.handled_as_callback },
            answer_wait_mean_s: PHONE_ANSWER_WAIT_S,
            callback_wait: CallbackWait::with_mean(callback_wait_s),
            handling_mean_s: PHONE_HANDLING_S,
            outcomes: OutcomeMix::of(&figures.outcomes),
            feedback: FeedbackMix::of(feedback),
        }
    }

    /// A chat of these published figures.
    pub(super) fn chat(monthly_contacts: f64, figures: &ChatFigures, feedback: &FeedbackFigures) -> Self {
        Self {
            monthly_contacts,
            answered: 1.0 - figures.not_answered,
            callback_requested: 0.0,
            answer_wait_mean_s: figures.mean_wait_s,
            callback_wait: CallbackWait::with_mean(0.0),
            handling_mean_s: CHAT_HANDLING_S,
            outcomes: OutcomeMix::of(&figures.outcomes),
            feedback: FeedbackMix::of(feedback),
        }
    }

    /// A line for text messages, of which nothing is published: outcomes and feedback are those of another line.
    pub(super) fn sms(monthly_contacts: f64, outcomes: &OutcomeFigures, feedback: &FeedbackFigures) -> Self {
        Self {
            monthly_contacts,
            answered: SMS_ANSWERED,
            callback_requested: 0.0,
            answer_wait_mean_s: SMS_ANSWER_WAIT_S,
            callback_wait: CallbackWait::with_mean(0.0),
            handling_mean_s: SMS_HANDLING_S,
            outcomes: OutcomeMix::of(outcomes),
            feedback: FeedbackMix::of(feedback),
        }
    }
}

impl CallbackWait {
    fn with_mean(mean_s: f64) -> Self {
        let same_day_mean_s = mean_s.min(SAME_DAY_AT_MOST_S);
        let next_day_share = (mean_s - same_day_mean_s) / (NEXT_DAY_MEAN_S - same_day_mean_s);
        Self { same_day_mean_s, next_day_share: next_day_share.clamp(0.0, 1.0) }
    }
}

impl OutcomeMix {
    fn of(figures: &OutcomeFigures) -> Self {
        let OutcomeFigures { first_contact_resolution, handled, continues_county } = *figures;
        // First-contact resolution is these two and hyte; the printed parts of one row add up to more by 0.1.
        let continues_hyte = (first_contact_resolution - handled - continues_county).max(0.0);
        let other = 1.0 - handled - continues_county - continues_hyte;
        Self { handled, continues_county, continues_hyte, other }
    }
}

impl FeedbackMix {
    fn of(figures: &FeedbackFigures) -> Self {
        let passives = PASSIVE_SHARE.min(1.0 - figures.nps.abs());
        let promoters = f64::midpoint(1.0 - passives, figures.nps);
        Self {
            promoters,
            passives,
            detractors: 1.0 - passives - promoters,
            continues_yes: figures.continues_yes,
            solved_yes: figures.solved_yes,
        }
    }
}
