//! What the parts of a call mean: a pure function of their set.
//!
//! A call waits in one queue at a time, so entries and the ends of waits take turns. The end of a wait belongs to an
//! entry of its queue that is the last before its second, or in its second. Which of the two, its wait says: it points
//! at the second of the entry. In all captures of a real Asterisk it does so exactly; two seconds are allowed.
//!
//! An abandon is never taken back when a later line proves more, because facts join by the earliest instant: that the
//! call went on elsewhere is dated a millisecond before the abandon, and that a telephone was ringing is the later of
//! two stages at one instant.

use ensilinja_model::{Event, EventTime, Fact, LegKey, LineIndex, Stage};

use super::part::{CallPart, Step, mix};

/// How far the entry may lie from where an end points, in seconds: each of its numbers is truncated.
const TOLERANCE_S: i64 = 2;

/// The leg of a stay within its call.
#[derive(Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
pub(super) struct LegId {
    queue: u64,
    /// The second in which the stay began.
    second: i64,
    /// Which of the stays that began in that second.
    ordinal: u16,
}

/// A fact of a leg.
#[derive(Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
pub(super) struct LegFact {
    pub leg: LegId,
    pub at: EventTime,
    pub fact: Fact,
    pub line: LineIndex,
}

/// A stay: an entry, and the ends of waits that belong to it.
struct Stay {
    id: LegId,
    line: LineIndex,
    /// The second of the entry into the queue; `None` while only the arrival is known.
    entered: Option<i64>,
    entered_at: Option<EventTime>,
    /// The instant of the last end of a wait that was given to it.
    left: Option<EventTime>,
    connected: Option<(EventTime, u32)>,
}

/// The facts that the parts state, ascending and without duplicates.
pub(super) fn outline(parts: &[CallPart]) -> Vec<LegFact> {
    let mut facts = Vec::with_capacity(parts.len() * 3);
    let mut stays = entries(parts, &mut facts);
    for part in parts {
        match part.step {
            Step::Connected { wait_s } => end_wait(part, wait_s, parts, &mut stays, &mut facts),
            Step::Abandoned { wait_s } | Step::Left { wait_s, .. } => {
                end_wait(part, wait_s, parts, &mut stays, &mut facts);
            }
            _ => {}
        }
    }
    for part in parts {
        match part.step {
            Step::TalkEnded { wait_s, talk_s } => end_talk(part, wait_s, talk_s, &stays, &mut facts),
            Step::TalkEndedElsewhere { wait_s, talk_s } => {
                end_talk_elsewhere(part, wait_s, talk_s, &stays, &mut facts);
            }
            Step::Stated(fact) if fact != Fact::Offered => {
                let second = part.at.floor_second();
                let stay = stays.iter().rev().find(|stay| stay.id.queue == part.queue && stay.id.second <= second);
                facts.extend(stay.map(|stay| stay.fact(part.at, fact)));
            }
            _ => {}
        }
    }
    for part in parts {
        if let Step::Gone(fact) = part.step {
            leave(part, fact, parts, &stays, &mut facts);
        }
    }
    facts.sort_unstable();
    facts.dedup();
    facts
}

/// The stays in the order of their beginnings. An entry continues a stay that began with an arrival before the queue.
fn entries(parts: &[CallPart], facts: &mut Vec<LegFact>) -> Vec<Stay> {
    let mut stays: Vec<Stay> = Vec::new();
    for part in parts {
        let second = part.at.floor_second();
        let begins = match part.step {
            Step::Stated(Fact::Offered) => None,
            Step::Entered => Some(second),
            _ => continue,
        };
        let waits = |stay: &&mut Stay| stay.id.queue == part.queue && stay.entered.is_none();
        if begins.is_some()
            && let Some(stay) = stays.last_mut().filter(waits)
        {
            stay.entered = begins;
            stay.entered_at = Some(part.at);
            facts.push(stay.fact(part.at, Fact::Queued));
            continue;
        }
        let id = LegId { queue: part.queue, second, ordinal: 0 };
        let stay = Stay {
            id,
            line: part.line,
            entered: begins,
            entered_at: begins.map(|_| part.at),
            left: None,
            connected: None,
        };
        facts.push(stay.fact(part.at, Fact::Offered));
        facts.extend(begins.map(|_| stay.fact(part.at, Fact::Queued)));
        stays.push(stay);
    }
    stays
}

/// Gives the end of a wait to its stay.
fn end_wait(part: &CallPart, wait_s: u32, parts: &[CallPart], stays: &mut Vec<Stay>, facts: &mut Vec<LegFact>) {
    let second = part.at.floor_second();
    let Some(index) = stay_of(part, second - i64::from(wait_s), stays, facts) else { return };
    // Stays begin in ascending order, so the last entry is the latest.
    let last = stays.iter().rev().find_map(|stay| stay.entered);
    let stay = &mut stays[index];
    stay.left.get_or_insert(part.at);
    match part.step {
        Step::Connected { .. } => {
            stay.connected.get_or_insert((part.at, part.agent));
            facts.push(stay.fact(part.at, Fact::Answered));
        }
        Step::Left { fact, .. } => facts.push(stay.fact(part.at, fact)),
        _ => {
            let after_entry = stay.entered_at.map_or(part.at, |entered| entered.plus_millis(1));
            let given_up = part.at.max(after_entry);
            facts.extend([stay.fact(given_up, Fact::Abandoned(Stage::Queue)), stay.fact(given_up, Fact::Ended)]);
            // Of two stages at one instant the later counts.
            if part.agent != 0 || was_ringing(part, stay.entered, parts) {
                facts.push(stay.fact(given_up, Fact::Abandoned(Stage::Ringing)));
            }
            // A caller who hangs up does not enter a queue again. A move has no measure, so it may be dated earlier,
            // and then decides.
            if last > stay.entered && last >= Some(second) {
                facts.push(stay.fact(given_up.plus_millis(-1), Fact::Transferred));
            }
        }
    }
}

/// The index of the stay whose wait this part ends. The wait points at a second.
fn stay_of(part: &CallPart, points_at: i64, stays: &mut Vec<Stay>, facts: &mut Vec<LegFact>) -> Option<usize> {
    let second = part.at.floor_second();
    let mut best: Option<(i64, usize)> = None;
    let mut last_before = None;
    for index in (0..stays.partition_point(|stay| stay.id.second <= second)).rev() {
        let stay = &stays[index];
        let Some(entered) = stay.entered.filter(|entered| *entered <= second) else { continue };
        if entered < second && *last_before.get_or_insert(entered) > entered {
            break;
        }
        let distance = (entered - points_at).abs();
        if stay.id.queue == part.queue && distance <= TOLERANCE_S && best.is_none_or(|best| (distance, index) < best) {
            best = Some((distance, index));
        }
    }
    let (distance, index) = best?;
    let Some(left) = stays[index].left_at_once().filter(|_| distance == 0) else { return Some(index) };
    // The call left and came back within the second. The last of the stays that began in it is meant.
    let same = |stay: &Stay| (stay.id.queue, stay.entered) == (part.queue, stays[index].entered);
    let last = stays.iter().rposition(same)?;
    if stays[last].left_at_once().is_none() {
        return Some(last);
    }
    let id = LegId { ordinal: stays[last].id.ordinal.saturating_add(1), ..stays[last].id };
    let stay =
        Stay { id, line: part.line, entered: stays[last].entered, entered_at: Some(left), left: None, connected: None };
    facts.extend([stay.fact(left, Fact::Offered), stay.fact(left, Fact::Queued)]);
    stays.insert(last + 1, stay);
    Some(last + 1)
}

/// Ends the wait of a stay whose call left the queue, if nothing else does, and nothing else can: the call is over, or
/// in a queue again.
fn leave(part: &CallPart, fact: Fact, parts: &[CallPart], stays: &[Stay], facts: &mut Vec<LegFact>) {
    let entered = |stay: &&Stay| stay.id.queue == part.queue && stay.entered_at.is_some_and(|at| at <= part.at);
    let Some(stay) = stays.iter().rev().find(entered) else { return };
    let is_answered = facts.iter().any(|known| known.leg == stay.id && known.fact == Fact::Answered);
    let is_over = parts.iter().rev().take_while(|other| other.at >= part.at.plus_millis(-HANG_UP_MS));
    let is_over = is_over.into_iter().any(|other| match other.step {
        Step::Entered => other.at >= part.at,
        Step::HungUp => true,
        _ => false,
    });
    if stay.left.is_none() && !is_answered && is_over {
        facts.push(stay.fact(part.at, fact));
    }
}

/// How long before the call leaves the queue its channel may be hung up, in ms: two threads report it.
const HANG_UP_MS: i64 = 1_000;

/// Whether a telephone rang for the call until it left. In the second before, it may have rung for an earlier stay.
fn was_ringing(end: &CallPart, entered: Option<i64>, parts: &[CallPart]) -> bool {
    let second = end.at.floor_second();
    let earliest = if entered < Some(second - 1) { second - 1 } else { second };
    let from = parts.partition_point(|part| part.at.floor_second() < earliest);
    let near = parts[from..].iter().take_while(|part| part.at.floor_second() <= second);
    near.into_iter().any(|part| part.step == Step::RingCanceled && part.queue == end.queue)
}

/// Gives the end of a conversation to its stay. It proves the answer too: if the line of the answer was lost, the
/// answer is dated at the latest second that fits, so that an exact one wins.
fn end_talk(part: &CallPart, wait_s: u32, talk_s: u32, stays: &[Stay], facts: &mut Vec<LegFact>) {
    let connected = part.at.floor_second() - i64::from(talk_s);
    let points_at = connected - i64::from(wait_s);
    let fits = |(entered, stay): &(i64, &Stay)| match stay.connected {
        Some((at, _)) => (at.floor_second() - connected).abs() <= 1,
        // The end may be of a stay whose entry was not read, so less is allowed.
        None => stay.left.is_none() && *entered <= connected && (entered - points_at).abs() <= 1,
    };
    let near = near(stays, part.queue, points_at).filter(fits);
    let key = |(entered, stay): &(i64, &Stay)| (stay.connected.is_none(), (entered - points_at).abs(), *entered);
    if let Some((_, stay)) = near.min_by_key(key) {
        if stay.connected.is_none() {
            let answered = part.at.min(EventTime::from_seconds(connected + 1));
            facts.push(stay.fact(answered, Fact::Answered));
        }
        facts.push(stay.fact(part.at, Fact::Ended));
    }
}

/// Gives the end of a conversation that another call's id was logged with to its stay, which must be connected.
fn end_talk_elsewhere(part: &CallPart, wait_s: u32, talk_s: u32, stays: &[Stay], facts: &mut Vec<LegFact>) {
    let connected = part.at.floor_second() - i64::from(talk_s);
    let points_at = connected - i64::from(wait_s);
    let is_its = |stay: &Stay| {
        let fits = |(at, agent): (EventTime, u32)| {
            agent == part.agent && at <= part.at && (at.floor_second() - connected).abs() <= 1
        };
        stay.connected.is_some_and(fits)
    };
    let near = near(stays, part.queue, points_at).filter(|(_, stay)| is_its(stay));
    let stay = near.min_by_key(|(entered, _)| ((entered - points_at).abs(), *entered));
    facts.extend(stay.map(|(_, stay)| stay.fact(part.at, Fact::Ended)));
}

/// The stays of a queue that began near a second, with the second of their entry.
fn near(stays: &[Stay], queue: u64, second: i64) -> impl Iterator<Item = (i64, &Stay)> {
    let until = stays.partition_point(|stay| stay.id.second <= second + TOLERANCE_S);
    let entered = stays[..until].iter().rev().filter_map(|stay| Some((stay.entered?, stay)));
    let near = entered.take_while(move |(entered, _)| *entered >= second - TOLERANCE_S);
    near.filter(move |(entered, stay)| stay.id.queue == queue && *entered <= second + TOLERANCE_S)
}

impl Stay {
    /// The instant at which the call left, if that was in the second of its entry.
    fn left_at_once(&self) -> Option<EventTime> {
        self.left.filter(|left| Some(left.floor_second()) == self.entered)
    }

    fn fact(&self, at: EventTime, fact: Fact) -> LegFact {
        LegFact { leg: self.id, at, fact, line: self.line }
    }
}

impl LegFact {
    /// The event of this fact. `repeat` says how often the leg was given under another key before.
    pub(super) fn event(&self, call: LegKey, repeat: u8) -> Event {
        Event { leg: self.leg.key(call, repeat), line: self.line, at: self.at, fact: self.fact }
    }
}

impl LegId {
    fn key(self, call: LegKey, repeat: u8) -> LegKey {
        let Self { queue, second, ordinal } = self;
        let place = second.wrapping_mul(1 << 24) + (i64::from(ordinal) << 8) + i64::from(repeat);
        let offset = u128::from(mix(queue, place)) << 64 | u128::from(mix(!queue, place));
        LegKey::new(call.get().wrapping_add(offset))
    }
}
