//! Indicators: the percentages of a line. Metrics, board, report and alerts all use this one table.
//!
//! An indicator is a pair of sums, numerator and denominator, so that lines and time ranges can be added before the
//! division, and every percentage can be shown with its n.

use std::ops::AddAssign;

use ensilinja_model::{Channel, Outcome, Survey, YesNo, vocabulary};

use crate::figure::{Decision, Promise, Resolution, UnknownWait, Verdict, Within};
use crate::sums::Sums;

/// A numerator and a denominator. With the denominator 0 there is no share, which differs from a share of 0.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub struct Ratio {
    /// The numerator.
    pub good: i64,
    /// The denominator.
    pub valid: i64,
}

impl Ratio {
    /// The share, 0 to 1; `None` if the denominator is 0.
    #[must_use]
    #[expect(clippy::cast_precision_loss, reason = "counts of contacts fit 53 bits")]
    pub fn share(self) -> Option<f64> {
        (self.valid > 0).then(|| self.good as f64 / self.valid as f64)
    }
}

impl AddAssign for Ratio {
    fn add_assign(&mut self, other: Self) {
        self.good += other.good;
        self.valid += other.valid;
    }
}

vocabulary! {
    /// The formula of the service level. A = answered, L = abandoned, T = within the line's threshold. Short abandons
    /// and unknown waits of A and L are excluded everywhere. Contacts that timed out are decided on lines where they
    /// count. The formulas use *decided* where platforms use offered, because contacts that are still waiting are not
    /// judged.
    ServiceLevel {
        /// A in T / A.
        OnlyHandled = "only_handled",
        /// A in T / (decided - L in T).
        WithoutAbandon = "without_abandon",
        /// (A in T + L in T) / decided.
        PositiveAbandon = "positive_abandon",
        /// A in T / decided.
        NegativeAbandon = "negative_abandon",
    }
}

impl ServiceLevel {
    fn of(self, sums: &Sums) -> Ratio {
        let answered = sums.within_threshold(Within::Answered);
        let abandoned = sums.within_threshold(Within::Abandoned);
        let [unknown_answers, unknown_abandons] =
            [UnknownWait::Answered, UnknownWait::Abandoned].map(|end| sums.wait_unknown(end));
        let left_out = sums.decided(Decision::AbandonedShort) + unknown_answers + unknown_abandons;
        let decided = sums.all_decided() - left_out;
        let (good, valid) = match self {
            Self::OnlyHandled => (answered, sums.decided(Decision::Answered) - unknown_answers),
            Self::WithoutAbandon => (answered, decided - abandoned),
            Self::PositiveAbandon => (answered + abandoned, decided),
            Self::NegativeAbandon => (answered, decided),
        };
        Ratio { good, valid }
    }
}

vocabulary! {
    /// A percentage of a line.
    Indicator {
        /// Contacts answered while the customer was on the line.
        AnsweredLive = "answered_live",
        /// Callback requests of the period whose customer was reached, of the decided contacts. Only in reports.
        HandledAsCallback = "handled_as_callback",
        /// The same, of the handled contacts. Only in reports.
        CallbackShareOfHandled = "callback_share_of_handled",
        /// Callbacks that reached the customer, of the resolved callbacks.
        CallbackReached = "callback_reached",
        /// Contacts that reached the service.
        Service = "service",
        /// Answered within the threshold, by the line's formula.
        ServiceLevel = "service_level",
        /// Chats that were not answered. Lower is better.
        ChatNotAnswered = "chat_not_answered",
        /// Promises kept.
        PromiseKept = "promise_kept",
        /// Resolved in the first contact.
        FirstContactResolution = "first_contact_resolution",
        /// Handled while in contact.
        HandledInContact = "handled_in_contact",
        /// Continues in the county's services.
        ContinuesInCountyServices = "continues_in_county_services",
        /// Continues in hyte services.
        ContinuesInHyteServices = "continues_in_hyte_services",
        /// The customer knows how care continues.
        KnowsHowCareContinues = "knows_how_care_continues",
        /// The customer got a solution.
        GotASolution = "got_a_solution",
        /// Contacts with a recorded outcome.
        Coverage = "coverage",
    }
}

/// A row of the table of indicators.
#[derive(Debug)]
pub struct IndicatorRow {
    /// The indicator of this row.
    pub indicator: Indicator,
    /// Its name in Finnish.
    pub name_fi: &'static str,
    /// Its name in Swedish.
    pub name_sv: &'static str,
    /// Its name in English.
    pub name_en: &'static str,
    /// Numerator and denominator, in English.
    pub rule: &'static str,
    /// The goal that the county has published, 0 to 1.
    pub target: Option<f64>,
    /// The default floor for alerts, 0 to 1. Lines may set another. It is not the target: 299 of 300 would miss a goal
    /// of 100 %.
    pub alert_floor: Option<f64>,
    /// The source of the rule.
    pub source: &'static str,
    read: fn(&Sums, ServiceLevel) -> Ratio,
}

impl Indicator {
    /// Its row in the table.
    #[must_use]
    pub fn row(self) -> &'static IndicatorRow {
        &TABLE[self as usize]
    }

    /// Numerator and denominator, for a line with this formula of the service level.
    #[must_use]
    pub fn of(self, sums: &Sums, service_level: ServiceLevel) -> Ratio {
        (self.row().read)(sums, service_level)
    }

    /// Whether the indicator has live figures. The others count at one instant what is only known later.
    #[must_use]
    pub const fn is_live(self) -> bool {
        !matches!(self, Self::HandledAsCallback | Self::CallbackShareOfHandled)
    }

    /// Whether the indicator applies to lines of this channel.
    #[must_use]
    pub fn applies_to(self, channel: Channel) -> bool {
        self != Self::ChatNotAnswered || channel == Channel::Chat
    }
}

const fn outcome_share(sums: &Sums, outcome: Outcome, valid: i64) -> Ratio {
    Ratio { good: sums.outcomes(outcome), valid }
}

const fn yes_share(sums: &Sums, survey: Survey) -> Ratio {
    let (yes, no) = (sums.survey_answers(survey, YesNo::Yes), sums.survey_answers(survey, YesNo::No));
    Ratio { good: yes, valid: yes + no }
}

/// The verdicts on both promises.
fn promises(sums: &Sums, verdict: Verdict) -> i64 {
    Promise::ALL.iter().map(|promise| sums.promises(*promise, verdict)).sum()
}

const KEY_FIGURES: &str = "Oma Häme, Ensilinja 1-9/2025, slides 15-16";
const CHAT_FIGURES: &str = "Oma Häme, Ensilinja 1-9/2025, slide 17";
const GOALS: &str = "Oma Häme, Ensilinja 1-9/2025, slide 8";
const FEEDBACK: &str = "Oma Häme, Ensilinja 1-9/2025, slides 18-21";

#[rustfmt::skip]
static TABLE: [IndicatorRow; Indicator::ALL.len()] = [
    IndicatorRow {
        indicator: Indicator::AnsweredLive,
        name_fi: "Vastattu linjapuheluna", name_sv: "Besvarat direkt", name_en: "Answered live",
        rule: "answered / decided",
        target: None, alert_floor: None, source: KEY_FIGURES,
        read: |sums, _| Ratio { good: sums.decided(Decision::Answered), valid: sums.all_decided() },
    },
    IndicatorRow {
        indicator: Indicator::HandledAsCallback,
        name_fi: "Hoidettu takaisinsoittona", name_sv: "Skött genom återuppringning", name_en: "Handled as callback",
        rule: "callback requests of the period whose customer was reached / decided",
        target: None, alert_floor: None, source: KEY_FIGURES,
        read: |sums, _| Ratio { good: sums.requests_reached(), valid: sums.all_decided() },
    },
    IndicatorRow {
        indicator: Indicator::CallbackShareOfHandled,
        name_fi: "Takaisinsoittojen osuus hoidetuista", name_sv: "Återuppringningarnas andel av de skötta",
        name_en: "Callbacks among the handled",
        rule: "callback requests of the period whose customer was reached / (answered + those)",
        target: None, alert_floor: None, source: "Oma Häme, Ensilinja 1-9/2025, slide 16: rows of oral health, printed 0 % and 100 %",
        read: |sums, _| {
            let reached = sums.requests_reached();
            Ratio { good: reached, valid: sums.decided(Decision::Answered) + reached }
        },
    },
    IndicatorRow {
        indicator: Indicator::CallbackReached,
        name_fi: "Takaisinsoitto tavoitti", name_sv: "Återuppringningen nådde kunden", name_en: "Callback reached",
        rule: "callbacks that reached the customer / callbacks resolved",
        target: None, alert_floor: None, source: "Ensilinja: the live counterpart of handled as callback",
        read: |sums, _| Ratio {
            good: sums.callbacks_closed(Resolution::Reached),
            valid: Resolution::ALL.iter().map(|resolution| sums.callbacks_closed(*resolution)).sum(),
        },
    },
    IndicatorRow {
        indicator: Indicator::Service,
        name_fi: "Palvelu%", name_sv: "Service%", name_en: "Service %",
        rule: "(answered + callback requested) / decided",
        target: None, alert_floor: Some(0.5), source: KEY_FIGURES,
        read: |sums, _| Ratio {
            good: sums.decided(Decision::Answered) + sums.decided(Decision::CallbackRequested),
            valid: sums.all_decided(),
        },
    },
    IndicatorRow {
        indicator: Indicator::ServiceLevel,
        name_fi: "Palvelutaso", name_sv: "Servicenivå", name_en: "Service level",
        rule: "by the line's formula: only handled, without abandon, positive abandon or negative abandon; short abandons and unknown waits left out",
        target: None, alert_floor: None, source: "Cisco's four formulas of the service level",
        read: |sums, service_level| service_level.of(sums),
    },
    IndicatorRow {
        indicator: Indicator::ChatNotAnswered,
        name_fi: "Ei ehditty vastaamaan", name_sv: "Hann inte besvaras", name_en: "Chat not answered",
        rule: "abandoned and timed-out chats / decided chats",
        target: None, alert_floor: None, source: CHAT_FIGURES,
        read: |sums, _| Ratio {
            good: sums.all_decided() - sums.decided(Decision::Answered) - sums.decided(Decision::CallbackRequested),
            valid: sums.all_decided(),
        },
    },
    IndicatorRow {
        indicator: Indicator::PromiseKept,
        name_fi: "Ensikontakti luvatussa ajassa", name_sv: "Första kontakten inom utlovad tid",
        name_en: "First contact in promised time",
        rule: "promises kept / (kept + broken)",
        target: Some(1.0), alert_floor: Some(0.8), source: GOALS,
        read: |sums, _| {
            let (kept, broken) = (promises(sums, Verdict::Kept), promises(sums, Verdict::Broken));
            Ratio { good: kept, valid: kept + broken }
        },
    },
    IndicatorRow {
        indicator: Indicator::FirstContactResolution,
        name_fi: "Ratkaisu% ensikontaktissa", name_sv: "Löst vid första kontakten", name_en: "First-contact resolution",
        rule: "outcomes handled, continues in county services and continues in hyte services / recorded outcomes",
        target: Some(0.8), alert_floor: Some(0.6), source: KEY_FIGURES,
        read: |sums, _| {
            let valid = sums.all_outcomes();
            Ratio { good: valid - sums.outcomes(Outcome::Other), valid }
        },
    },
    IndicatorRow {
        indicator: Indicator::HandledInContact,
        name_fi: "Hoidettu asioinnin aikana", name_sv: "Skött under kontakten", name_en: "Handled in contact",
        rule: "outcome handled / recorded outcomes",
        target: None, alert_floor: None, source: KEY_FIGURES,
        read: |sums, _| outcome_share(sums, Outcome::Handled, sums.all_outcomes()),
    },
    IndicatorRow {
        indicator: Indicator::ContinuesInCountyServices,
        name_fi: "Jatko hva-palveluihin", name_sv: "Fortsätter i välfärdsområdets tjänster",
        name_en: "Continues in county services",
        rule: "outcome continues in county services / recorded outcomes",
        target: None, alert_floor: None, source: KEY_FIGURES,
        read: |sums, _| outcome_share(sums, Outcome::ContinuesCounty, sums.all_outcomes()),
    },
    IndicatorRow {
        indicator: Indicator::ContinuesInHyteServices,
        name_fi: "Jatko hyte-palveluissa", name_sv: "Fortsätter i hyte-tjänster", name_en: "Continues in hyte services",
        rule: "outcome continues in hyte services / recorded outcomes",
        target: None, alert_floor: None, source: "Oma Häme, Ensilinja 1-9/2025, slide 9",
        read: |sums, _| outcome_share(sums, Outcome::ContinuesHyte, sums.all_outcomes()),
    },
    IndicatorRow {
        indicator: Indicator::KnowsHowCareContinues,
        name_fi: "Tietää, miten hoito tai palvelu jatkuu", name_sv: "Vet hur vården eller servicen fortsätter",
        name_en: "Knows how care continues",
        rule: "yes / answers",
        target: Some(0.9), alert_floor: None, source: FEEDBACK,
        read: |sums, _| yes_share(sums, Survey::Continues),
    },
    IndicatorRow {
        indicator: Indicator::GotASolution,
        name_fi: "Sai ratkaisun asiaansa", name_sv: "Fick en lösning på sitt ärende", name_en: "Got a solution",
        rule: "yes / answers",
        target: None, alert_floor: None, source: FEEDBACK,
        read: |sums, _| yes_share(sums, Survey::Solved),
    },
    IndicatorRow {
        indicator: Indicator::Coverage,
        name_fi: "Lopputulos kirjattu", name_sv: "Utfall registrerat", name_en: "Outcome recorded",
        rule: "recorded outcomes / handled contacts",
        target: None, alert_floor: None, source: "Oma Häme, Ensilinja 1-9/2025, slide 9: 80 577 outcomes of about 214 000 contacts",
        read: |sums, _| Ratio { good: sums.all_outcomes(), valid: sums.handled() },
    },
];

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn every_indicator_has_its_own_row() {
        for indicator in Indicator::ALL {
            assert_eq!(indicator.row().indicator, *indicator);
        }
    }
}
