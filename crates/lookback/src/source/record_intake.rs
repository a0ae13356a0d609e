//! Records of topics, from the log or from an archive, become events; those that became known too late are left out.

use std::collections::BTreeMap;

use ensilinja_kafka::TopicHistory;
use ensilinja_model::{Event, EventTime, LegKey};
use ensilinja_wire::{Reason, Record, Stated, Stays};

use super::decoders::SourceDecoders;
use super::event::{RawContact, SourcedEvent};
use super::event_source::EventSource;
use super::joining::join;
use super::position::SourcePosition;
use super::summary::SourceSummary;
use crate::error::LookbackError;

/// Receives every event.
pub(super) type EventHandler<'a> = &'a mut dyn FnMut(&SourcedEvent<'_>) -> Result<(), LookbackError>;

/// Takes records one after the other, in the order in which they became known.
pub(super) struct RecordIntake<'a> {
    source: &'a EventSource<'a>,
    decoders: &'a SourceDecoders,
    pub(super) summary: &'a mut SourceSummary,
    handle: EventHandler<'a>,
    /// What is known of where the log begins.
    pub(super) history: Option<TopicHistory>,
    records: u64,
    rejected: BTreeMap<Reason, u64>,
    without_timestamp: u64,
    stays: Stays,
    stated: Vec<Stated>,
    events: Vec<(Event, Option<LegKey>)>,
}

impl<'a> RecordIntake<'a> {
    pub(super) fn new(
        source: &'a EventSource<'a>,
        decoders: &'a SourceDecoders,
        summary: &'a mut SourceSummary,
        handle: EventHandler<'a>,
    ) -> Self {
        Self {
            source,
            decoders,
            summary,
            handle,
            history: None,
            records: 0,
            rejected: BTreeMap::new(),
            without_timestamp: 0,
            stays: Stays::default(),
            stated: Vec::new(),
            events: Vec::new(),
        }
    }

    /// Takes a record of the source number `source`, with its timestamp and when it became known.
    ///
    /// # Errors
    /// That of the handler.
    pub(super) fn take(
        &mut self,
        source: usize,
        wire: &Record<'_>,
        timestamp: Option<EventTime>,
        known_at: EventTime,
        position: &SourcePosition,
    ) -> Result<(), LookbackError> {
        self.records += 1;
        self.without_timestamp += u64::from(timestamp.is_none());
        if self.source.known_before.is_some_and(|before| known_at >= before) {
            return Ok(());
        }
        let decoder = self.decoders.of_source(source);
        self.stated.clear();
        let unmapped = &mut self.summary.unmapped;
        let mut note = |table, key: &str, name: Option<&str>| unmapped.add(table, key, name);
        if let Err(rejection) = decoder.read_noting(wire, &mut self.stated, &mut note) {
            *self.rejected.entry(rejection.reason).or_default() += 1;
        }
        let (stays, events) = (&mut self.stays, &mut self.events);
        for stated in self.stated.drain(..) {
            join(stated, stays, &mut |event, call| events.push((event, call)));
        }
        for (event, call) in self.events.drain(..) {
            self.summary.add(&event, timestamp);
            if let Some(history) = self.history.filter(|_| self.source.offsets.is_empty()) {
                self.summary.evidence.set_source(self.source.topic_history(history));
            }
            let contact = RawContact { decoder, record: *wire, leg: event.leg, call };
            let evidence = &self.summary.evidence;
            (self.handle)(&SourcedEvent { event, known_at, position, evidence, contact })?;
        }
        Ok(())
    }

    /// After the last record: logs which were not used, and which have no timestamp.
    pub(super) fn finish(self) {
        self.summary.without_entry = self.stays.calls_without_entry();
        let (topic, records) = (self.source.name(), self.records);
        for (reason, count) in &self.rejected {
            tracing::warn!(topic, records, left_out = count, reason = reason.as_str(), "records left out");
        }
        if self.without_timestamp > 0 {
            tracing::warn!(
                topic,
                records,
                without_timestamp = self.without_timestamp,
                effect = "each counts as known when the record before it in its partition was",
                remedy = "have the producers set timestamps",
                "records without a timestamp"
            );
        }
    }
}
