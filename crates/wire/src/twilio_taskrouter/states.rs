//! From an event about a task to the facts that it states.

use ensilinja_model::{AttemptResult, CloseResult, EventTime, Fact, LineIndex};

use super::attributes::{Abandon, TaskAttributes};
use super::event::{TaskEvent, TaskMember};
use super::rules::TwilioRules;
use crate::native::exits::{TIMEOUT, exit};
use crate::native::{MappingEntry, MappingTable, NativeFact, NativeSink, shown};
use crate::{CodeMeaning, Detail, ExitMeaning, Mapping, QueueTarget, WaitFrom};

/// Reasons for cancelling a task that have a meaning without a configuration, in lower case.
const REASONS: [(&str, ExitMeaning); 3] = [
    ("hangup", ExitMeaning::Abandoned),
    ("opted to request a callback", ExitMeaning::CallbackRequested),
    ("opted to leave a voicemail", ExitMeaning::CallbackRequested),
];

/// The start of the reason of a task that was too old, in lower case.
const TOO_OLD: &str = "task ttl exceeded";

/// An event about a task, while its facts are stated.
pub(super) struct TaskStates<'x> {
    pub(super) event: &'x TaskEvent<'x>,
    pub(super) attributes: &'x TaskAttributes,
    pub(super) rules: &'x TwilioRules,
    pub(super) mapping: &'x Mapping,
    pub(super) sink: &'x mut dyn NativeSink,
}

/// A line, and the entry that led to it.
#[derive(Clone, Copy)]
struct TaskLine<'x> {
    line: LineIndex,
    entry: MappingEntry<'x>,
}

impl<'x> TaskStates<'x> {
    /// Whether events of this type may state facts.
    pub(super) fn knows(name: &str) -> bool {
        matches!(
            name,
            "task.created"
                | "task.updated"
                | "task.canceled"
                | "task.wrapup"
                | "task.completed"
                | "task.deleted"
                | "task.transfer-initiated"
                | "task.transfer-completed"
                | "task-queue.entered"
                | "task-queue.moved"
                | "reservation.accepted"
                | "reservation.wrapup"
        )
    }

    /// States the facts of an event of this type.
    pub(super) fn state(&mut self, name: &str) -> Result<(), Detail> {
        let at = self.event.at(self.mapping.zone.as_ref())?;
        if self.attributes.is_callback {
            return self.state_callback(name, at);
        }
        if self.event.has_previous_queue() && name != "task-queue.moved" {
            self.moved_from(TaskMember::PreviousQueue, TaskMember::PreviousQueueName, at)?;
        }
        match name {
            "task-queue.entered" => self.entered(at),
            "task.created" => match self.workflow_line() {
                Some(line) => self.fact(line, at, Fact::Offered),
                None => Ok(()),
            },
            "reservation.accepted" => self.at_line(at, Fact::Answered),
            "task-queue.moved" => self.moved(at),
            "task.transfer-initiated" if self.event.says(TaskMember::TransferMode, "COLD") && self.is_to_queue() => {
                self.at_line(at, Fact::Transferred)
            }
            "task.transfer-completed" if self.event.says(TaskMember::TransferMode, "WARM") => {
                self.at_line(at, Fact::Transferred)
            }
            "task.canceled" => self.canceled(at),
            "task.wrapup" | "reservation.wrapup" => self.at_line(at, Fact::Ended),
            "task.completed" => {
                self.at_line(at, Fact::Ended)?;
                self.outcome(at)
            }
            "task.updated" => self.outcome(at),
            _ => Ok(()),
        }
    }

    /// The same for a task that calls a customer back.
    fn state_callback(&mut self, name: &str, at: EventTime) -> Result<(), Detail> {
        match name {
            "task.created" => match self.workflow_line() {
                Some(line) => self.requested(line, at, false),
                None => Ok(()),
            },
            "task-queue.entered" => match self.line()? {
                Some(line) => self.requested(line, at, true),
                None => Ok(()),
            },
            "task.canceled" => self.callback_canceled(at),
            "task.deleted" if !self.is_over()? => self.at_line(at, Fact::CallbackClosed(CloseResult::Purged)),
            "task.completed" => self.callback_completed(at),
            "task.updated" => self.outcome(at),
            _ => Ok(()),
        }
    }

    fn entered(&mut self, at: EventTime) -> Result<(), Detail> {
        let Some(line) = self.line()? else { return Ok(()) };
        let created = match self.mapping.wait_from {
            // A task that comes from another queue arrives here now.
            WaitFrom::Arrival if !self.event.has_previous_queue() => {
                self.event.created_at(self.mapping.zone.as_ref())?
            }
            _ => None,
        };
        self.fact(line, created.unwrap_or(at), Fact::Offered)?;
        self.fact(line, at, Fact::Queued)
    }

    fn moved(&mut self, at: EventTime) -> Result<(), Detail> {
        if self.event.text(TaskMember::PreviousQueue).or(self.event.text(TaskMember::PreviousQueueName)).is_some() {
            self.moved_from(TaskMember::PreviousQueue, TaskMember::PreviousQueueName, at)
        } else {
            self.moved_from(TaskMember::Queue, TaskMember::QueueName, at)
        }
    }

    fn moved_from(&mut self, id: TaskMember, name: TaskMember, at: EventTime) -> Result<(), Detail> {
        match self.line_of(id, name)? {
            Some(line) => self.fact(line, at, Fact::Transferred),
            None => Ok(()),
        }
    }

    /// Whether a transfer is to a queue, and not to a worker.
    fn is_to_queue(&self) -> bool {
        self.event.says(TaskMember::TransferType, "QUEUE")
            || self.event.text(TaskMember::TransferTo).is_some_and(|to| to.starts_with("WQ"))
    }

    fn canceled(&mut self, at: EventTime) -> Result<(), Detail> {
        let Some(line) = self.line()? else { return Ok(()) };
        let (meaning, entry) = self.cancellation(line);
        self.fact(TaskLine { entry, ..line }, at, meaning.fact())?;
        if meaning == ExitMeaning::Abandoned {
            self.fact(line, at, Fact::Ended)?;
        }
        Ok(())
    }

    /// What it means that a task was cancelled. The reason is free text; the attributes may know better.
    fn cancellation(&mut self, line: TaskLine<'x>) -> (ExitMeaning, MappingEntry<'x>) {
        let reason = self.reason();
        let configured = reason.as_deref().and_then(|reason| self.mapping.exits.find(line.line, reason));
        let configured = configured.map(|(meaning, key)| (meaning, MappingEntry { table: MappingTable::Exits, key }));
        let of_template = || {
            let meaning = REASONS.iter().find(|(known, _)| reason.as_deref() == Some(known));
            meaning.map(|(_, meaning)| (*meaning, line.entry))
        };
        let is_follow_up = self.attributes.abandon == Abandon::FollowUp;
        match configured.or_else(of_template) {
            Some((meaning, entry)) if meaning != ExitMeaning::Abandoned || !is_follow_up => (meaning, entry),
            _ if is_follow_up => (ExitMeaning::CallbackRequested, line.entry),
            _ if self.is_too_old() => exit(self.mapping, line.line, line.entry, TIMEOUT, self.sink),
            _ if self.attributes.abandon == Abandon::HungUp => (ExitMeaning::Abandoned, line.entry),
            _ => (ExitMeaning::Ended, line.entry),
        }
    }

    /// Why the task was cancelled, in lower case.
    fn reason(&self) -> Option<String> {
        let reason = self.event.text(TaskMember::CanceledReason).or(self.event.text(TaskMember::Reason));
        reason.map(|reason| reason.to_lowercase())
    }

    fn is_too_old(&self) -> bool {
        self.reason().is_some_and(|reason| reason.starts_with(TOO_OLD))
    }

    /// A callback task is the request, made when the task was; and its number of attempts tells the last one before.
    /// That must always be told at the same instant, so a task without its date tells it on its way into a queue only.
    fn requested(&mut self, line: TaskLine<'_>, at: EventTime, is_queued: bool) -> Result<(), Detail> {
        let created = self.event.created_at(self.mapping.zone.as_ref())?;
        self.fact(line, created.unwrap_or(at), Fact::CallbackRequested)?;
        if self.attributes.attempts >= 1.0 && (created.is_some() || is_queued) {
            self.fact(line, created.unwrap_or(at), Fact::CallbackAttempted(AttemptResult::Failed))?;
        }
        Ok(())
    }

    fn callback_canceled(&mut self, at: EventTime) -> Result<(), Detail> {
        if self.is_too_old() {
            return self.at_line(at, Fact::CallbackClosed(CloseResult::Expired));
        }
        let Some(line) = self.line()? else { return Ok(()) };
        let Some(result) = self.mapping.removed_callback else {
            self.sink.unmapped(MappingTable::RemovedCallback, line.entry.key, None);
            return Ok(());
        };
        let entry = MappingEntry { table: MappingTable::RemovedCallback, key: "" };
        self.fact(TaskLine { entry, ..line }, at, Fact::CallbackClosed(result))
    }

    /// Whether the task had its end before it was deleted.
    fn is_over(&self) -> Result<bool, Detail> {
        let status = self.event.text(TaskMember::Status).ok_or(Detail::MissingMember)?;
        Ok(["completed", "canceled", "wrapping"].iter().any(|over| status.eq_ignore_ascii_case(over)))
    }

    /// A completed callback has reached the customer, or has not: only the site's codes know.
    fn callback_completed(&mut self, at: EventTime) -> Result<(), Detail> {
        let Some(line) = self.line()? else { return Ok(()) };
        let meaning = self.code(true);
        let coded = meaning.map_or(line, |(_, entry)| TaskLine { entry, ..line });
        match meaning.map(|(meaning, _)| meaning) {
            Some(CodeMeaning::Callback(AttemptResult::Reached)) => self.reached(coded, at),
            Some(CodeMeaning::Callback(result)) => self.fact(coded, at, Fact::CallbackAttempted(result)),
            Some(CodeMeaning::Closed(result)) => self.fact(coded, at, Fact::CallbackClosed(result)),
            outcome => {
                if let Some(CodeMeaning::Outcome(outcome)) = outcome {
                    self.fact(coded, at, Fact::OutcomeRecorded(outcome))?;
                }
                if self.rules.settings.completed_is_reached { self.reached(line, at) } else { Ok(()) }
            }
        }
    }

    fn reached(&mut self, line: TaskLine<'_>, at: EventTime) -> Result<(), Detail> {
        self.fact(line, at, Fact::CallbackAttempted(AttemptResult::Reached))?;
        self.fact(line, at, Fact::CallbackReached)
    }

    /// States the outcome that the attributes of the task name.
    fn outcome(&mut self, at: EventTime) -> Result<(), Detail> {
        let Some((CodeMeaning::Outcome(outcome), entry)) = self.code(false) else { return Ok(()) };
        match self.line()? {
            Some(line) => self.fact(TaskLine { entry, ..line }, at, Fact::OutcomeRecorded(outcome)),
            None => Ok(()),
        }
    }

    /// What `codes` says of the outcome of the task, or of the reason why it was completed. An outcome without an entry
    /// is reported; a reason is free text.
    fn code(&mut self, with_reason: bool) -> Option<(CodeMeaning, MappingEntry<'x>)> {
        let reason = self.event.text(TaskMember::CompletedReason).filter(|_| with_reason);
        let words = [self.attributes.outcome.as_deref(), reason.as_deref()];
        let found = words.into_iter().flatten().find_map(|word| self.mapping.codes.find_id(word));
        if let (None, Some(outcome)) = (found, words[0]) {
            self.sink.unmapped(MappingTable::Codes, shown(outcome), None);
        }
        found.map(|(meaning, key)| (*meaning, MappingEntry { table: MappingTable::Codes, key }))
    }

    /// States a fact of the line of the task, if it has one.
    fn at_line(&mut self, at: EventTime, fact: Fact) -> Result<(), Detail> {
        match self.line()? {
            Some(line) => self.fact(line, at, fact),
            None => Ok(()),
        }
    }

    /// The line of the queue of the task, or of its workflow before there is a queue.
    fn line(&mut self) -> Result<Option<TaskLine<'x>>, Detail> {
        self.line_of(TaskMember::Queue, TaskMember::QueueName)
            .or_else(|missing| self.workflow_line().map(Some).ok_or(missing))
    }

    /// The line of a queue that the event must name; `None` if it is ignored or not mapped, which is reported.
    fn line_of(&mut self, id: TaskMember, name: TaskMember) -> Result<Option<TaskLine<'x>>, Detail> {
        let (id, name) = (self.event.text(id), self.event.text(name));
        let shown = id.as_deref().or(name.as_deref()).ok_or(Detail::MissingQueue)?;
        let Some((target, key)) = self.mapping.queues.find_among(id.as_deref().as_slice(), name.as_deref()) else {
            self.sink.unmapped(MappingTable::Queues, shown, id.as_ref().and(name.as_deref()));
            return Ok(None);
        };
        let entry = MappingEntry { table: MappingTable::Queues, key };
        Ok(match target {
            QueueTarget::Line(line) => Some(TaskLine { line: *line, entry }),
            QueueTarget::Ignored => None,
        })
    }

    fn workflow_line(&self) -> Option<TaskLine<'x>> {
        let (id, name) = (self.event.text(TaskMember::Workflow), self.event.text(TaskMember::WorkflowName));
        let (line, key) = self.rules.settings.workflows.find_among(id.as_deref().as_slice(), name.as_deref())?;
        Some(TaskLine { line: *line, entry: MappingEntry { table: MappingTable::Entries, key } })
    }

    fn fact(&mut self, line: TaskLine<'_>, at: EventTime, fact: Fact) -> Result<(), Detail> {
        let task = self.event.text(TaskMember::Task);
        let contact = self.attributes.conversation.as_deref().or(task.as_deref()).ok_or(Detail::MissingContactId)?;
        let TaskLine { line, entry } = line;
        self.sink.fact(&NativeFact { contact, visit: None, line, at, fact, entry });
        Ok(())
    }
}
