//! From a detail event to facts. The kind of the event says what happened, its medium and direction to whom.

use ensilinja_model::{CloseResult, EventTime, Fact, Stage};

use super::notification::{EventBody, optional_text};
use super::statement::{GenesysMedium, Mapped, Statements, Visited, is_inbound};
use crate::Detail;
use crate::json::field::Field;
use crate::native::{MappingEntry, MappingTable, type_label};

/// States the facts of an event. Everything that it needs is checked before anything is stated.
pub(super) fn state<'x>(kind: &str, body: &'x EventBody<'_>, to: &mut Statements<'x>) -> Result<(), Detail> {
    match kind {
        "acd.start" | "acd.end" => Visit::of(body, to)?.map_or(Ok(()), |visit| visit.state(kind, body, to)),
        "user.end" => state_user_end(body, to),
        "wrapup" | "acw" => state_wrapup(kind, body, to),
        "customer.start" | "flow.end" => state_number(kind, body, to),
        "voicemail.end" => state_voicemail(body, to),
        _ => Ok(()),
    }
}

/// A visit of a conversation to a queue.
struct Visit<'x> {
    of: Visited<'x>,
    queue: Option<Mapped<'x>>,
    medium: GenesysMedium,
    is_inbound: bool,
    at: EventTime,
}

impl<'x> Visit<'x> {
    /// The visit in an event; `None` if its medium does not count.
    fn of(body: &'x EventBody<'_>, to: &mut Statements<'x>) -> Result<Option<Self>, Detail> {
        let medium = to.medium(&body.media_type)?;
        if medium == GenesysMedium::Other {
            return Ok(None);
        }
        let is_inbound = medium == GenesysMedium::Callback || is_inbound(&body.direction)?;
        let contact = contact_of(body)?;
        let at = instant_of(body, to)?;
        let queue = optional_text(&body.queue_id)?.ok_or(Detail::MissingQueue)?;
        // Whose outbound calls are none of the queue's, that queue need not be mapped.
        let queue = if is_inbound { to.queue_line(queue) } else { customer_first_line(queue, to) };
        let mut of = Visited { contact, visit: None };
        if queue.is_some_and(|queue| to.has_visits(queue.line, medium)) {
            of.visit = Some(optional_text(&body.participant_id)?.ok_or(Detail::MissingMember)?);
        }
        Ok(Some(Self { of, queue, medium, is_inbound, at }))
    }

    fn state(self, kind: &str, body: &'x EventBody<'_>, to: &mut Statements<'x>) -> Result<(), Detail> {
        match (kind, self.medium) {
            ("acd.start", GenesysMedium::Callback) => {
                if let Some(queue) = self.queue {
                    to.state(self.of, queue, self.at, Fact::CallbackRequested);
                }
                Ok(())
            }
            ("acd.start", _) => self.state_start(body, to),
            (_, GenesysMedium::Callback) => self.state_end_of_callback(body, to),
            _ => self.state_end(body, to),
        }
    }

    fn state_start(&self, body: &'x EventBody<'_>, to: &mut Statements<'x>) -> Result<(), Detail> {
        let number = if self.is_inbound { to.number_line(dnis_of(body)?) } else { None };
        let Self { of, at, .. } = *self;
        // The caller was in the menu of the number's line, and is now in the queue of another.
        if let Some(number) = number.filter(|number| self.queue.is_none_or(|queue| queue.line != number.line)) {
            to.state(of, number, at, Fact::Transferred);
        }
        if let Some(queue) = self.queue.filter(|_| self.is_inbound) {
            to.state(of, queue, at, Fact::Offered);
            to.state(of, queue, at, Fact::Queued);
        }
        Ok(())
    }

    fn state_end(&self, body: &'x EventBody<'_>, to: &mut Statements<'x>) -> Result<(), Detail> {
        let Some(outcome) = optional_text(&body.acd_outcome)? else { return Ok(()) };
        let flow_type = optional_text(&body.flow_type)?;
        let Some(queue) = self.queue else { return Ok(()) };
        let Self { of, at, .. } = *self;
        match (outcome.to_ascii_uppercase().as_str(), self.is_inbound) {
            ("ANSWERED", true) => to.state(of, queue, at, Fact::Answered),
            ("ABANDON", true) => to.state(of, queue, at, Fact::Abandoned(Stage::Queue)),
            ("FLOW_OUT", true) => to.state_flow_out(of, queue, at, flow_type),
            // The customer was dialled and came back into the queue.
            ("ANSWERED", false) => to.state_reached(of, queue, at),
            _ => {}
        }
        Ok(())
    }

    /// A waiting callback leaves its queue. That an agent takes it means that the customer will be called.
    fn state_end_of_callback(&self, body: &'x EventBody<'_>, to: &mut Statements<'x>) -> Result<(), Detail> {
        let is_lost = optional_text(&body.acd_outcome)?.is_some_and(|outcome| outcome.eq_ignore_ascii_case("ABANDON"));
        let cause = optional_text(&body.disconnect_type)?;
        let Some(queue) = self.queue.filter(|_| is_lost) else { return Ok(()) };
        let entry = MappingEntry { table: MappingTable::RemovedCallback, key: "" };
        let closed = if cause.is_some_and(|cause| cause.eq_ignore_ascii_case("TIMEOUT")) {
            Some((CloseResult::Expired, queue.entry))
        } else {
            to.mapping.removed_callback.map(|result| (result, entry))
        };
        if let Some((result, entry)) = closed {
            to.state(self.of, Mapped { entry, ..queue }, self.at, Fact::CallbackClosed(result));
        } else {
            // It stays outstanding: the only answer that hides nothing.
            to.sink.unmapped(MappingTable::RemovedCallback, cause.map_or("none", type_label), None);
        }
        Ok(())
    }
}

/// An agent's part ended. If the agent talked to the customer, so did the contact.
fn state_user_end<'x>(body: &'x EventBody<'_>, to: &mut Statements<'x>) -> Result<(), Detail> {
    let Some(queue) = optional_text(&body.queue_id)? else { return Ok(()) };
    let medium = to.medium(&body.media_type)?;
    if !medium.is_live() || !is_inbound(&body.direction)? || !is_positive(&body.interacting_duration_ms)? {
        return Ok(());
    }
    let of = Visited { contact: contact_of(body)?, visit: None };
    let at = instant_of(body, to)?;
    if let Some(queue) = to.queue_line(queue).filter(|queue| !to.has_visits(queue.line, medium)) {
        to.state(of, queue, at, Fact::Ended);
    }
    Ok(())
}

/// What the agent chose. Both events say it, nearly at once; attempts must come from one of them.
fn state_wrapup<'x>(kind: &str, body: &'x EventBody<'_>, to: &mut Statements<'x>) -> Result<(), Detail> {
    let (Some(queue), Some(code)) = (optional_text(&body.queue_id)?, optional_text(&body.wrapup_code)?) else {
        return Ok(());
    };
    let medium = to.medium(&body.media_type)?;
    let is_outbound = !matches!(body.direction, Field::Absent | Field::Null) && !is_inbound(&body.direction)?;
    let is_callback = medium == GenesysMedium::Callback || (medium == GenesysMedium::Voice && is_outbound);
    let of = Visited { contact: contact_of(body)?, visit: None };
    let at = instant_of(body, to)?;
    if let Some(queue) = to.queue_line(queue).filter(|queue| !to.has_visits(queue.line, medium)) {
        to.state_code(of, queue, at, code, is_callback && kind == "wrapup");
    }
    Ok(())
}

/// The customer arrives at a number, or hangs up in its menu.
fn state_number<'x>(kind: &str, body: &'x EventBody<'_>, to: &mut Statements<'x>) -> Result<(), Detail> {
    let Some(number) = to.number_line(dnis_of(body)?) else { return Ok(()) };
    let medium = to.medium(&body.media_type)?;
    if !medium.is_live() || !is_inbound(&body.direction)? {
        return Ok(());
    }
    let of = Visited { contact: contact_of(body)?, visit: None };
    let at = instant_of(body, to)?;
    if kind == "customer.start" {
        to.state(of, number, at, Fact::Offered);
    } else if is_hang_up_in_menu(body)? {
        to.state(of, number, at, Fact::Abandoned(Stage::Menu));
    }
    Ok(())
}

/// Whether the customer hung up in the flow of a number. The flow of a queue ends too when its caller hangs up.
fn is_hang_up_in_menu(body: &EventBody<'_>) -> Result<bool, Detail> {
    let is_menu = optional_text(&body.flow_type)?.is_none_or(|flow| flow.to_ascii_uppercase().starts_with("INBOUND"));
    Ok(is_menu && optional_text(&body.disconnect_type)?.is_some_and(|cause| cause.eq_ignore_ascii_case("ENDPOINT")))
}

fn state_voicemail<'x>(body: &'x EventBody<'_>, to: &mut Statements<'x>) -> Result<(), Detail> {
    let Some(queue) = optional_text(&body.queue_id)? else { return Ok(()) };
    if !is_positive(&body.voicemail_duration_ms)? {
        return Ok(());
    }
    let of = Visited { contact: contact_of(body)?, visit: None };
    let at = instant_of(body, to)?;
    if let Some(queue) = to.queue_line(queue) {
        to.state_voicemail(of, queue, at);
    }
    Ok(())
}

/// The line of a queue whose callbacks dial the customer first.
fn customer_first_line<'x>(queue: &'x str, to: &mut Statements<'x>) -> Option<Mapped<'x>> {
    to.mapping.queues.find_id(queue)?;
    to.queue_line(queue).filter(|queue| to.dials_customer_first(queue.line))
}

fn contact_of<'x>(body: &'x EventBody<'_>) -> Result<&'x str, Detail> {
    optional_text(&body.conversation_id).map_err(|_| Detail::BadContactId)?.ok_or(Detail::MissingContactId)
}

fn instant_of(body: &EventBody<'_>, to: &Statements<'_>) -> Result<EventTime, Detail> {
    to.instant(&body.event_time)?.ok_or(Detail::MissingInstant)
}

fn dnis_of<'x>(body: &'x EventBody<'_>) -> Result<Option<&'x str>, Detail> {
    optional_text(&body.dnis)
}

/// Whether a duration is there and more than nothing.
fn is_positive(field: &Field<'_>) -> Result<bool, Detail> {
    match field {
        Field::Absent | Field::Null => Ok(false),
        Field::Number(ms) => Ok(*ms > 0.0),
        _ => Err(Detail::BadMember),
    }
}
