//! From a conversation detail record to facts.
//!
//! ```text
//! acd, inbound       [queue: offered, queued ......... tAnswered | tAbandon | tFlowOut]
//! acd, callback      [requested ............]
//! customer, outbound                         [dialing]  [dialing | interact ......]
//! agent, voice                                failed              [interact ......] [wrapup]
//!                                                                  reached         ended
//! ```
//!
//! A dialled callback that the customer answers is bridged through the queue once more, as an outbound session of its
//! own: it is neither an offer nor an answer.

use ensilinja_model::{EventTime, Fact, Stage};

use super::conversation::{ConversationMembers, ParticipantMembers, SegmentMembers, SessionMembers};
use super::notification::optional_text;
use super::statement::{GenesysMedium, Mapped, Statements, Visited, is_inbound};
use crate::{Detail, WaitFrom};

/// States the facts of a record.
pub(super) fn state<'x>(conversation: &'x ConversationMembers<'_>, to: &mut Statements<'x>) -> Result<(), Detail> {
    let contact = optional_text(&conversation.conversation_id).map_err(|_| Detail::BadContactId)?;
    let contact = contact.ok_or(Detail::MissingContactId)?;
    let sessions = sessions_of(conversation, to)?;
    let mut reading = Reading { of: Visited { contact, visit: None }, sessions: &sessions, to };
    reading.state_visits(reading.to.instant(&conversation.conversation_start)?)?;
    let callbacks = reading.callbacks()?;
    for callback in &callbacks {
        reading.to.state(reading.of, callback.queue, callback.at, Fact::CallbackRequested);
    }
    let has_dialing = reading.state_attempts(&callbacks);
    reading.state_agents(has_dialing);
    Ok(())
}

/// A session, with the purpose of its party.
struct Session<'x> {
    purpose: Purpose,
    participant: Option<&'x str>,
    medium: GenesysMedium,
    is_inbound: bool,
    segments: Vec<Segment<'x>>,
    metrics: Vec<(&'x str, Option<EventTime>)>,
}

struct Segment<'x> {
    kind: &'x str,
    start: Option<EventTime>,
    end: Option<EventTime>,
    queue: Option<&'x str>,
    code: Option<&'x str>,
}

#[derive(Clone, Copy, PartialEq, Eq)]
enum Purpose {
    Acd,
    Agent,
    Customer,
    Other,
}

/// A callback that was asked for.
#[derive(Clone, Copy)]
struct Callback<'x> {
    queue: Mapped<'x>,
    at: EventTime,
}

fn sessions_of<'x>(
    conversation: &'x ConversationMembers<'_>,
    to: &mut Statements<'x>,
) -> Result<Vec<Session<'x>>, Detail> {
    let mut sessions = Vec::new();
    for participant in conversation.participants.objects() {
        let purpose = purpose_of(participant)?;
        if purpose == Purpose::Other {
            continue;
        }
        for session in participant.sessions.objects() {
            let medium = to.medium(&session.media_type)?;
            if medium != GenesysMedium::Other {
                sessions.push(Session::of(session, participant, purpose, medium, to)?);
            }
        }
    }
    Ok(sessions)
}

fn purpose_of(participant: &ParticipantMembers<'_>) -> Result<Purpose, Detail> {
    let word = optional_text(&participant.purpose)?.ok_or(Detail::MissingMember)?;
    Ok(match word.to_ascii_lowercase().as_str() {
        "acd" => Purpose::Acd,
        "agent" => Purpose::Agent,
        "customer" | "external" => Purpose::Customer,
        _ => Purpose::Other,
    })
}

impl<'x> Session<'x> {
    fn of(
        session: &'x SessionMembers<'_>,
        participant: &'x ParticipantMembers<'_>,
        purpose: Purpose,
        medium: GenesysMedium,
        to: &Statements<'_>,
    ) -> Result<Self, Detail> {
        let segments = session.segments.objects().map(|segment| Segment::of(segment, to));
        let metrics = session.metrics.objects().filter_map(|metric| match optional_text(&metric.name) {
            Ok(name) => name.map(|name| to.instant(&metric.emit_date).map(|at| (name, at))),
            Err(fault) => Some(Err(fault)),
        });
        Ok(Self {
            purpose,
            participant: optional_text(&participant.participant_id)?,
            medium,
            is_inbound: medium == GenesysMedium::Callback || is_inbound(&session.direction)?,
            segments: segments.collect::<Result<_, _>>()?,
            metrics: metrics.collect::<Result<_, _>>()?,
        })
    }

    fn start(&self) -> Option<EventTime> {
        self.segments.iter().filter_map(|segment| segment.start).min()
    }

    /// The first segment with a queue.
    fn queued(&self) -> Option<(&'x str, EventTime)> {
        let queued = self.segments.iter().filter_map(|segment| Some((segment.queue?, segment.start?)));
        queued.min_by_key(|(_, start)| *start)
    }

    fn first(&self, kind: &str) -> Option<EventTime> {
        let of_kind = self.segments.iter().filter(|segment| segment.is(kind));
        of_kind.filter_map(|segment| segment.start).min()
    }

    fn has(&self, kind: &str) -> bool {
        self.segments.iter().any(|segment| segment.is(kind))
    }

    fn has_metric(&self, name: &str) -> bool {
        self.metrics.iter().any(|(metric, _)| *metric == name)
    }
}

impl<'x> Segment<'x> {
    fn of(segment: &'x SegmentMembers<'_>, to: &Statements<'_>) -> Result<Self, Detail> {
        Ok(Self {
            kind: optional_text(&segment.segment_type)?.unwrap_or_default(),
            start: to.instant(&segment.segment_start)?,
            end: to.instant(&segment.segment_end)?,
            queue: optional_text(&segment.queue_id)?,
            code: optional_text(&segment.wrap_up_code)?,
        })
    }

    fn is(&self, kind: &str) -> bool {
        self.kind.eq_ignore_ascii_case(kind)
    }
}

/// The reading of one record.
struct Reading<'x, 's, 't> {
    of: Visited<'x>,
    sessions: &'s [Session<'x>],
    to: &'t mut Statements<'x>,
}

impl<'x, 's> Reading<'x, 's, '_> {
    fn sessions_for(&self, purpose: Purpose) -> impl Iterator<Item = &'s Session<'x>> + Clone + use<'x, 's> {
        self.sessions.iter().filter(move |session| session.purpose == purpose)
    }

    /// The customer's visits to queues.
    fn state_visits(&mut self, arrived: Option<EventTime>) -> Result<(), Detail> {
        let visits = self.sessions_for(Purpose::Acd).filter(|session| session.medium.is_live() && session.is_inbound);
        let first = visits.clone().filter_map(Session::start).min();
        for session in visits {
            let Some((queue, start)) = session.queued() else { continue };
            let Some(queue) = self.to.queue_line(queue) else { continue };
            let mut of = self.of;
            if self.to.has_visits(queue.line, session.medium) {
                of.visit = Some(session.participant.ok_or(Detail::MissingMember)?);
            }
            // Only the first visit began with the arrival; the others began where another ended.
            let is_first = session.start() == first && self.to.mapping.wait_from == WaitFrom::Arrival;
            let offered = arrived.filter(|arrived| is_first && *arrived < start).unwrap_or(start);
            self.to.state(of, queue, offered, Fact::Offered);
            self.to.state(of, queue, start, Fact::Queued);
            for (metric, at) in &session.metrics {
                match (*metric, at) {
                    ("tAnswered", Some(at)) => self.to.state(of, queue, *at, Fact::Answered),
                    ("tAbandon", Some(at)) => self.to.state(of, queue, *at, Fact::Abandoned(Stage::Queue)),
                    ("tFlowOut", Some(at)) => self.to.state_flow_out(of, queue, *at, None),
                    ("tAnswered" | "tAbandon" | "tFlowOut", None) => return Err(Detail::MissingInstant),
                    _ => {}
                }
            }
        }
        Ok(())
    }

    /// The callbacks that were asked for, in the order of their requests.
    fn callbacks(&mut self) -> Result<Vec<Callback<'x>>, Detail> {
        let mut callbacks = Vec::new();
        for session in self.sessions_for(Purpose::Acd).filter(|session| session.medium == GenesysMedium::Callback) {
            let Some(queue) = session.segments.iter().find_map(|segment| segment.queue) else { continue };
            let at = session.start().ok_or(Detail::MissingInstant)?;
            callbacks.extend(self.to.queue_line(queue).map(|queue| Callback { queue, at }));
        }
        callbacks.sort_by_key(|callback| callback.at);
        Ok(callbacks)
    }

    /// The attempts to call back. Returns whether the record shows any dialling, and so all attempts.
    fn state_attempts(&mut self, callbacks: &[Callback<'x>]) -> bool {
        let outbound = |session: &&Session<'_>| session.medium == GenesysMedium::Voice && !session.is_inbound;
        let mut dialings = Vec::new();
        for session in self.sessions_for(Purpose::Customer).filter(outbound) {
            let Some(start) = session.first("dialing") else { continue };
            dialings.push(start);
            let ends = session.segments.iter().filter(|segment| segment.is("dialing")).map(|segment| segment.end);
            if !session.has("interact")
                && let (Some(callback), Some(Some(end))) = (callback_at(callbacks, start), ends.max())
            {
                self.to.state_failed(self.of, callback.queue, end);
            }
        }
        dialings.sort_unstable();
        self.state_reached(callbacks, &dialings);
        !dialings.is_empty() && !callbacks.is_empty()
    }

    /// After each dialling, the first agent who talked is the one who reached the customer.
    fn state_reached(&mut self, callbacks: &[Callback<'x>], dialings: &[EventTime]) {
        let talks = self.sessions_for(Purpose::Agent).filter(|session| session.medium == GenesysMedium::Voice);
        let talks = talks.filter(|session| session.has_metric("tTalk"));
        let mut talks: Vec<_> =
            talks.filter_map(|session| Some((session.start()?, session.first("interact")?))).collect();
        talks.sort_unstable();
        for (place, dialing) in dialings.iter().enumerate() {
            let next = dialings.get(place + 1).copied().unwrap_or(EventTime::MAX);
            let talk = talks.iter().find(|(start, _)| (*dialing..next).contains(start));
            if let (Some(callback), Some((_, talked))) = (callback_at(callbacks, *dialing), talk) {
                self.to.state_reached(self.of, callback.queue, *talked);
            }
        }
    }

    /// What agents say: when they ended, and which code they chose.
    fn state_agents(&mut self, has_dialing: bool) {
        for session in self.sessions_for(Purpose::Agent) {
            let interacts = session.segments.iter().filter(|segment| segment.is("interact"));
            let last = interacts.max_by_key(|segment| segment.start);
            if let Some((queue, end)) = last.and_then(|last| Some((last.queue?, last.end?)))
                && session.medium.is_live()
                && let Some(queue) = self.to.queue_line(queue)
                && !self.to.has_visits(queue.line, session.medium)
            {
                self.to.state(self.of, queue, end, Fact::Ended);
            }
            let is_callback = session.medium == GenesysMedium::Callback
                || (session.medium == GenesysMedium::Voice && !session.is_inbound);
            for segment in session.segments.iter().filter(|segment| segment.is("wrapup")) {
                let (Some(code), Some(at)) = (segment.code, segment.end) else { continue };
                let queue = segment.queue.or_else(|| session.queued().map(|(queue, _)| queue));
                let queue = queue.and_then(|queue| self.to.queue_line(queue));
                if let Some(queue) = queue.filter(|queue| !self.to.has_visits(queue.line, session.medium)) {
                    self.to.state_code(self.of, queue, at, code, is_callback && !has_dialing);
                }
            }
        }
    }
}

/// The callback that a dialling belongs to: the last that was asked for before.
fn callback_at<'c, 'x>(callbacks: &'c [Callback<'x>], dialing: EventTime) -> Option<&'c Callback<'x>> {
    callbacks.iter().rev().find(|callback| callback.at <= dialing).or(callbacks.first())
}
