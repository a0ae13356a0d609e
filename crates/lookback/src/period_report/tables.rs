//! Reading a period, and laying out its figures.

use std::ops::Range;

use ensilinja_config::{Config, Line, LineNames, VolumeSubject, VolumeTarget};
use ensilinja_ledger::{HistoricalLedger, Indicator};
use ensilinja_model::EventTime;
use ensilinja_report::{LocalizedName, Report, ReportData, ReportLine, VolumeGoal, VolumeGoalStep, VolumeGoalSubject};
use jiff::civil::Date;

use super::periods::{MOST_PERIODS, ReportPeriods};
use super::request::{PeriodReportRequest, PeriodReportText};
use crate::context::LookbackContext;
use crate::coverage::Coverage;
use crate::error::LookbackError;
use crate::local_time::{moment, to_the_minute};
use crate::lookback::{Lookback, SourceEnd};
use crate::request_error::RequestError;
use crate::reused_ids::ReusedIds;
use crate::source::SourceSummary;

/// What is known of the past.
struct KnownPast {
    lookback: Lookback,
    historical: HistoricalLedger,
    summary: SourceSummary,
    coverage: Coverage,
    /// Whether the figures of what is known are complete.
    is_complete: bool,
    reused: ReusedIds,
}

/// Reads the events of a period, and lays out the figures. What they lack is logged.
///
/// # Errors
/// [`RequestError`] for what cannot be asked; that nothing is known of the period; why the events cannot be read.
pub fn period_report(
    request: &PeriodReportRequest<'_>,
    context: &LookbackContext<'_>,
) -> Result<PeriodReportText, LookbackError> {
    let (period, zone) = (&request.period, &context.config.zone);
    let lines = context.config.line_indices(request.lines)?;
    if period.is_empty() {
        return Err(RequestError::EmptyPeriod.into());
    }
    let by = request.report.by;
    let periods = ReportPeriods::of(by, period, zone, MOST_PERIODS)
        .ok_or(RequestError::TooManyPeriods { by: by.as_str(), most: MOST_PERIODS })?;
    let past = read(request, context)?;
    let as_of = as_of(request, &past, context);
    if as_of <= period.start {
        let from = to_the_minute(period.start, zone);
        let what = format!("nothing is known of the time from {from} on: it is in the future");
        return Err(LookbackError::NotKnown(what));
    }
    let known = known_periods(request, &periods, &past.coverage, context)?;
    let data = past.data(&lines, periods, known, as_of, context);
    let text = Report::of(&data, request.report)?.render(request.format);
    past.reused.warn(context.files, context.config);
    Ok(PeriodReportText { text, has_reused_ids: past.reused.is_habit() })
}

fn read(request: &PeriodReportRequest<'_>, context: &LookbackContext<'_>) -> Result<KnownPast, LookbackError> {
    let (period, zone) = (&request.period, &context.config.zone);
    let lookback = Lookback::to_period(context.config.rules_over(period), period.start, request.complete_since);
    let source = context.source(lookback.reads_from(), request.offsets, request.known_before);
    let mut historical = HistoricalLedger::new(lookback.rules().clone());
    let mut reused = ReusedIds::within(period.clone(), lookback.rules().clone());
    let summary = source.read(&context.decoders(), context.stop, &mut |sourced| {
        if lookback.counts(&sourced.event) {
            reused.count(&sourced.event, sourced.position, |note| historical.apply_noting(&sourced.event, note));
        }
        Ok(())
    })?;
    let end = SourceEnd::of(context.reads_topics(), summary.latest);
    if end.known_until() < period.end {
        end.warn_of_quiet(&source.subject(), zone);
    }
    let coverage = lookback.coverage(&summary.evidence);
    let is_short = lookback.warn_if_short(&coverage, &source.subject(), zone);
    let is_complete = !is_short && request.offsets.is_empty();
    Ok(KnownPast { lookback, historical, summary, coverage, is_complete, reused })
}

/// Which periods are known: those that begin no earlier than history does. A period that begins earlier is not shown by
/// its known part. One that begins on the day on which history begins counts as known, and is marked as incomplete.
///
/// # Errors
/// If none of them is known.
fn known_periods(
    request: &PeriodReportRequest<'_>,
    periods: &ReportPeriods,
    coverage: &Coverage,
    context: &LookbackContext<'_>,
) -> Result<Vec<bool>, LookbackError> {
    let (begins, zone, end) = (coverage.begins, &context.config.zone, request.period.end);
    let day = context.config.days.start_of_day(begins);
    let is_known = |period: &Range<EventTime>| begins <= period.start || (day <= period.start && begins < period.end);
    let known: Vec<bool> = periods.ranges.iter().map(&is_known).collect();
    let unknown = known.iter().filter(|known| !**known).count();
    if unknown == 0 {
        return Ok(known);
    }
    let why = coverage.in_words(&context.source(begins, &[], None).subject(), zone);
    if begins >= end {
        let from = to_the_minute(request.period.start, zone);
        return Err(LookbackError::NotKnown(format!("nothing is known of the time from {from} on: {why}")));
    }
    // The earliest --from that leaves no period unknown: the start of the day, or of an hour of it.
    let since_day = ReportPeriods::of(request.report.by, &(day..end), zone, MOST_PERIODS);
    let first = since_day.and_then(|periods| periods.ranges.iter().find(|period| is_known(period)).cloned());
    let from = to_the_minute(first.map_or(day, |period| period.start), zone).replace(' ', "T");
    if unknown == known.len() {
        return Err(LookbackError::NotKnown(format!(
            "nothing is known of a whole period of the report, because history begins later: {why}. --from {from} shows the \
             rest"
        )));
    }
    tracing::warn!(
        unknown,
        of = known.len(),
        reason = %why,
        remedy = %format!("--from {from} leaves them out"),
        "periods of the report not known, because they begin before history does"
    );
    Ok(known)
}

/// The instant whose knowledge the report has. A topic is read up to now, or up to what was to be known. A file ends
/// with its latest event; if the requested period goes on after that, nothing happened until its end or until now.
fn as_of(request: &PeriodReportRequest<'_>, past: &KnownPast, context: &LookbackContext<'_>) -> EventTime {
    let now = context.now;
    if context.reads_topics() {
        return request.known_before.map_or(now, |known| known.min(now));
    }
    // An event that is dated ahead must not settle promises whose deadline is in the future.
    let latest = past.summary.latest.map(|latest| latest.min(now));
    latest.max(Some(request.period.end.min(now))).unwrap_or(now)
}

impl KnownPast {
    /// The sums of the lines in the periods.
    fn data(
        &self,
        lines: &[usize],
        periods: ReportPeriods,
        known: Vec<bool>,
        as_of: EventTime,
        context: &LookbackContext<'_>,
    ) -> ReportData {
        let config = context.config;
        let mut sums = self.historical.figures(&periods.ranges, as_of);
        let open_ms = |line: &usize| {
            let hours = &self.lookback.rules().lines()[*line].hours;
            periods.ranges.iter().map(|period| hours.open_ms_between(period.start, period.end)).collect()
        };
        ReportData {
            open_ms: lines.iter().map(open_ms).collect(),
            volume_goals: volume_goals(config, lines),
            lines: lines.iter().map(|line| report_line(&config.lines[*line])).collect(),
            sums: lines.iter().map(|line| std::mem::take(&mut sums[*line])).collect(),
            periods: periods.names,
            known,
            as_of: moment(as_of, &config.zone),
            time_zone: config.zone_name().to_owned(),
            history_is_complete: self.is_complete,
        }
    }
}

/// The goals for the contacts of these lines. The goal of lines that are only partly in the report is left out.
fn volume_goals(config: &Config, lines: &[usize]) -> Vec<VolumeGoal> {
    let goal = |target: &VolumeTarget| {
        let mut held = config.lines.iter().enumerate().filter(|(_, line)| target.subject.holds(line));
        let is_whole = held.all(|(index, _)| lines.contains(&index));
        let subject = match &target.subject {
            VolumeSubject::Line(id) => VolumeGoalSubject::Line(id.clone()),
            VolumeSubject::Group(group, channel) => VolumeGoalSubject::Group(*channel, group.clone()),
            VolumeSubject::Channel(channel) => VolumeGoalSubject::Channel(*channel),
        };
        let step = |(date, contacts): &(Option<Date>, Option<u32>)| VolumeGoalStep {
            since: date.map(|date| (date.year(), date.month().unsigned_abs())),
            contacts: *contacts,
        };
        is_whole.then(|| VolumeGoal { subject, steps: target.steps.iter().map(step).collect() })
    };
    config.volume_targets.iter().filter_map(goal).collect()
}

fn localized(name: &LineNames) -> LocalizedName {
    LocalizedName { fi: name.fi.clone(), sv: name.sv.clone(), en: name.en.clone() }
}

fn report_line(line: &Line) -> ReportLine {
    ReportLine {
        id: line.id.clone(),
        channel: line.channel,
        name: localized(&line.name),
        group: line.group.clone(),
        group_name: line.group_name.as_ref().map(localized),
        service_area: line.service_area.clone(),
        wait_from: line.wait_from(),
        service_level: line.goals.service_level,
        goals: Indicator::ALL.iter().filter_map(|of| Some((*of, line.goals.targets.of(*of).goal?))).collect(),
    }
}
