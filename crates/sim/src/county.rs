//! The simulated county: its lines, and the behaviour of contacts on each of them.

mod behaviour;
mod county_line;
mod feedback_answers;
mod line_table;
mod monthly;
mod published_tables;

use ensilinja_model::LineId;
use jiff::tz::TimeZone;

use crate::{LevelFormula, OracleLine};
pub(crate) use behaviour::{Behaviour, UNREACHED};
pub use county_line::CountyLine;
pub(crate) use feedback_answers::{Answers, FeedbackAnswers};

/// A county.
#[derive(Clone, Debug)]
pub struct County {
    /// Its lines, in display order.
    pub lines: Vec<CountyLine>,
}

impl County {
    /// Oma Häme, the wellbeing services county of Kanta-Häme, according to its published figures of 2025: 15 phone
    /// lines, 6 chats and a line for text messages. Everything that is not published is an assumption, marked as one in
    /// the table of lines or in `data/`.
    ///
    /// The generator reproduces the published figures for any seed, because it draws by quota and not independently.
    /// `data/known_clashes.csv` lists published figures that contradict each other, with the simulated values.
    #[must_use]
    pub fn oma_hame() -> Self {
        Self { lines: line_table::lines() }
    }

    /// The time zone of its local days: Europe/Helsinki.
    #[must_use]
    pub fn zone() -> TimeZone {
        TimeZone::get("Europe/Helsinki").expect("jiff's time zone data is built in")
    }

    /// The line with this id, if there is one.
    #[must_use]
    pub fn line(&self, id: &LineId) -> Option<&CountyLine> {
        self.lines.iter().find(|line| line.id == *id)
    }

    /// The lines in the form that the oracle needs.
    #[must_use]
    pub fn oracle_lines(&self) -> Vec<OracleLine> {
        let known = |line: &CountyLine| OracleLine {
            id: line.id.clone(),
            channel: line.channel,
            hours: line.hours.clone(),
            later_hours: Vec::new(),
            short_abandon_ms: line.short_abandon_ms,
            threshold_ms: line.threshold_ms,
            orphan_after_ms: line.orphan_after_ms,
            give_up_working_days: line.give_up_working_days,
            timed_out_counts: true,
            waits_from_queue: false,
            promise: line.promise,
            later_limits: Vec::new(),
            service_level: LevelFormula::default(),
        };
        self.lines.iter().map(known).collect()
    }
}

#[cfg(test)]
mod tests {
    use ensilinja_model::Channel;

    use super::*;

    #[test]
    fn oma_hame_has_fifteen_phone_lines_six_chats_and_text_messages() {
        let county = County::oma_hame();
        let of = |channel| county.lines.iter().filter(|line| line.channel == channel).count();
        assert_eq!((of(Channel::Phone), of(Channel::Chat), of(Channel::Sms)), (15, 6, 1));
        let mut ids: Vec<_> = county.lines.iter().map(|line| &line.id).collect();
        ids.sort();
        ids.dedup();
        assert_eq!(ids.len(), 22);
    }

    #[test]
    fn the_lines_together_have_the_published_number_of_contacts() {
        for month in 1..=12 {
            let day = jiff::civil::date(2025, month, 1);
            let contacts = County::oma_hame().lines.iter().map(|line| line.behaviour.contacts.in_month_of(day)).sum();
            assert!((20_000.0..33_000.0).contains(&contacts), "month {month}: {contacts}");
        }
    }

    #[test]
    fn shares_are_0_to_1_and_add_up_to_1() {
        for line in County::oma_hame().lines {
            let behaviour = &line.behaviour;
            let shares = behaviour.decisions.iter().chain(&behaviour.outcomes).chain(&behaviour.callback_wait.late);
            assert!(shares.into_iter().all(|share| (0.0..=1.0).contains(share)), "{}: {behaviour:?}", line.id);
            assert!((behaviour.decisions.iter().sum::<f64>() - 1.0).abs() < 1e-9, "{}", line.id);
            assert!((behaviour.outcomes.iter().sum::<f64>() - 1.0).abs() < 1e-9, "{}", line.id);
        }
    }

    #[test]
    fn lines_published_as_one_row_form_a_group() {
        let county = County::oma_hame();
        let group = |id| county.line(&LineId::parse(id).unwrap()).unwrap().group.clone();
        assert_eq!(group("suun_kiireellinen"), group("suun_kiireeton"));
        assert_eq!(group("neuvola"), group("perhesuunnittelu"));
        let stations = ["pth_hameenlinna", "pth_forssa", "pth_janakkala", "pth_riihimaki"].map(group);
        assert!(stations.iter().all(|group| group == "health_stations"));
        assert_eq!(county.lines.iter().filter(|line| line.group == "health_stations").count(), 4);
    }
}
