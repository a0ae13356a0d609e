//! The net promoter score (suositteluindeksi): the share of answers 9 and 10 to the recommendation question, minus the
//! share of answers 0 to 6.

use ensilinja_model::vocabulary;

use crate::figure::NpsGroup;
use crate::sums::Sums;

vocabulary! {
    /// The county's bands of a score (slide 18 of its report of 11.11.2025): everything above 0 is positive, 0-30 good,
    /// 30-70 very good, 70-100 excellent. A score on a border belongs to the better band.
    NpsBand {
        /// 70 to 100.
        Excellent = "excellent",
        /// 30 to 70.
        VeryGood = "very_good",
        /// Above 0, to 30.
        Good = "good",
        /// 0 or below.
        NotPositive = "not_positive",
    }
}

/// Answers to the recommendation question.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub struct Nps {
    /// 9 or 10.
    pub promoters: i64,
    /// 7 or 8.
    pub passives: i64,
    /// 0 to 6.
    pub detractors: i64,
}

/// The 97.5 % quantile of the normal distribution.
const Z: f64 = 1.959_964;

#[expect(clippy::cast_precision_loss, reason = "counts of answers fit 53 bits")]
impl Nps {
    /// The answers in these sums.
    #[must_use]
    pub const fn of(sums: &Sums) -> Self {
        Self {
            promoters: sums.nps_answers(NpsGroup::Promoter),
            passives: sums.nps_answers(NpsGroup::Passive),
            detractors: sums.nps_answers(NpsGroup::Detractor),
        }
    }

    /// The number of answers.
    #[must_use]
    pub const fn answers(self) -> i64 {
        self.promoters + self.passives + self.detractors
    }

    /// 100 x (promoters - detractors) / answers, -100 to 100. `None` without answers.
    #[must_use]
    pub fn score(self) -> Option<f64> {
        (self.answers() > 0).then(|| 100.0 * (self.promoters - self.detractors) as f64 / self.answers() as f64)
    }

    /// The band of the score. `None` without answers.
    #[must_use]
    pub fn band(self) -> Option<NpsBand> {
        self.score().map(|score| match score {
            70.0.. => NpsBand::Excellent,
            30.0.. => NpsBand::VeryGood,
            score if score > 0.0 => NpsBand::Good,
            _ => NpsBand::NotPositive,
        })
    }

    /// The 95 % confidence interval for the score of all customers, if those who answered are representative: an
    /// adjusted Wald interval. Three extra answers are added (0.75 promoters, 1.5 passives, 0.75 detractors), so that
    /// few answers do not give a narrow interval: five promoters do not prove a score of 100. `None` without answers.
    #[must_use]
    pub fn interval(self) -> Option<(f64, f64)> {
        if self.answers() == 0 {
            return None;
        }
        let n = self.answers() as f64 + 3.0;
        let (promoters, detractors) = ((self.promoters as f64 + 0.75) / n, (self.detractors as f64 + 0.75) / n);
        let score = promoters - detractors;
        let margin = Z * ((promoters + detractors - score * score) / n).sqrt();
        Some((100.0 * (score - margin).max(-1.0), 100.0 * (score + margin).min(1.0)))
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn nps(promoters: i64, passives: i64, detractors: i64) -> Nps {
        Nps { promoters, passives, detractors }
    }

    #[test]
    fn the_score_is_promoters_minus_detractors_per_answer() {
        assert_eq!(nps(9, 8, 0).score().map(f64::round), Some(53.0));
        assert_eq!(nps(0, 1, 0).score(), Some(0.0));
        assert_eq!(nps(0, 0, 4).score(), Some(-100.0));
        assert_eq!(nps(0, 0, 0).score(), None);
    }

    #[test]
    fn a_score_on_a_border_belongs_to_the_better_band() {
        for (answers, band) in [
            (nps(7, 3, 0), NpsBand::Excellent),
            (nps(699, 301, 0), NpsBand::VeryGood),
            (nps(3, 7, 0), NpsBand::VeryGood),
            (nps(299, 701, 0), NpsBand::Good),
            (nps(1, 0, 1), NpsBand::NotPositive),
            (nps(0, 1, 2), NpsBand::NotPositive),
        ] {
            assert_eq!(answers.band(), Some(band), "{answers:?}");
        }
    }

    #[test]
    fn the_interval_narrows_with_answers_and_is_never_a_point() {
        let (low, high) = nps(5, 0, 0).interval().unwrap();
        assert!(low < 60.0 && (high - 100.0).abs() < 1e-9, "{low} {high}");
        let (low, high) = nps(500, 300, 200).interval().unwrap();
        assert!(low < 30.0 && 30.0 < high && high - low < 10.0, "{low} {high}");
        assert_eq!(nps(0, 0, 0).interval(), None);
        // By hand: (3.75 - 1.75) / 9 = 0.2222, and 1.96 times the root of (0.6111 - 0.0494) / 9 is 0.4897.
        let (low, high) = nps(3, 2, 1).interval().unwrap();
        assert!((low + 26.74).abs() < 0.01 && (high - 71.19).abs() < 0.01, "{low} {high}");
    }
}
