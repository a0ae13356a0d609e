//! What the configuration means for lines, as JSON.

use ensilinja_catalogue::{VolumeGoals, VolumeStep};
use ensilinja_config::{Config, Line, formula_in_words, promises_in_words, term_as_written};
use ensilinja_ledger::{EffectiveLimits, Indicator};
use ensilinja_lookback::local_time::zoned;
use ensilinja_model::EventTime;
use ensilinja_report::JsonDocument;

use super::feed::LineFeed;
use super::meaning::{LineListing, LineMeaning, since};

impl LineListing<'_> {
    /// The document. Durations are in ms, shares 0 to 1, promises as they are written and in words.
    pub(super) fn document(&self) -> JsonDocument {
        JsonDocument::object([
            ("schema", "ensilinja.lines/1".into()),
            ("time_zone", self.config.zone_name().into()),
            ("from", self.first.to_string().into()),
            ("horizon_ms", self.rules.horizon_ms().into()),
            ("life_ms", self.rules.life_ms().into()),
            ("lines", JsonDocument::list(self.lines.iter().map(|line| line.document(self.config)))),
        ])
    }
}

impl LineMeaning<'_> {
    fn document(&self, config: &Config) -> JsonDocument {
        let Line { id, channel, name, group, group_name, service_area, hours, effective_limits, goals, volume_goals } =
            self.line;
        let aimed_at =
            Indicator::ALL.iter().filter(|indicator| indicator.applies_to(*channel)).filter_map(|indicator| {
                let target = goals.targets.of(*indicator);
                target.goal.or(target.alert_floor)?;
                Some(JsonDocument::object([
                    ("indicator", indicator.as_str().into()),
                    ("goal", target.goal.into()),
                    ("alert_floor", target.alert_floor.into()),
                ]))
            });
        JsonDocument::object([
            ("line", id.as_str().into()),
            ("channel", channel.as_str().into()),
            ("name_fi", name.fi.as_str().into()),
            ("name_sv", name.sv.as_str().into()),
            ("name_en", name.en.as_str().into()),
            ("group", group.as_str().into()),
            ("group_fi", group_name.as_ref().map(|name| name.fi.as_str()).into()),
            ("group_sv", group_name.as_ref().map(|name| name.sv.as_str()).into()),
            ("group_en", group_name.as_ref().map(|name| name.en.as_str()).into()),
            ("service_area", service_area.as_str().into()),
            ("hours", hours.to_string().into()),
            ("week", JsonDocument::list(self.week.iter().map(|open| open.document(&config.zone)))),
            ("eras", JsonDocument::list(effective_limits.iter().map(|of| effective(of, config)))),
            ("service_level", goals.service_level.as_str().into()),
            ("service_level_formula", formula_in_words(goals.service_level).into()),
            ("goals", JsonDocument::list(aimed_at)),
            ("volume_goals", JsonDocument::list(volume_goals.iter().flat_map(|of| self::volume_goals(of, config)))),
            ("life_ms", self.life_ms.into()),
            ("sources", JsonDocument::list(self.feeds.iter().map(LineFeed::document))),
        ])
    }
}

/// Goals for the number of contacts, each with the date from which it holds.
fn volume_goals(goals: &VolumeGoals, config: &Config) -> Vec<JsonDocument> {
    let step = |step: &VolumeStep| {
        let since = (step.valid_from > EventTime::MIN).then(|| zoned(step.valid_from, &config.zone).date());
        JsonDocument::object([
            ("of", goals.scope.as_str().into()),
            ("valid_from", since.map(|date| date.to_string()).into()),
            ("contacts_per_month", step.contacts_per_month.map(i64::from).into()),
        ])
    };
    goals.steps.iter().map(step).collect()
}

fn effective(effective: &EffectiveLimits, config: &Config) -> JsonDocument {
    let limits = &effective.limits;
    JsonDocument::object([
        ("valid_from", since(effective, config).map(|date| date.to_string()).into()),
        ("promise_answer", limits.promises.answer.map(term_as_written).into()),
        ("promise_callback", limits.promises.callback.map(term_as_written).into()),
        ("promise_abandoned", limits.promises.abandoned.as_str().into()),
        ("promises", JsonDocument::list(promises_in_words(&limits.promises).into_iter().map(JsonDocument::from))),
        ("short_abandon_ms", i64::from(limits.short_abandon_ms).into()),
        ("threshold_ms", i64::from(limits.threshold_ms).into()),
        ("orphan_after_ms", i64::from(limits.orphan_after_ms).into()),
        ("give_up_working_days", i64::from(limits.give_up_working_days).into()),
        ("wait_from", limits.wait_from.as_str().into()),
        ("timed_out", limits.timed_out.as_str().into()),
    ])
}
