//! The members of conversation detail records.

use crate::json::field::Field;
use crate::json::members::{MemberTarget, Members, Shape};

/// A conversation.
#[derive(Default)]
pub(super) struct ConversationMembers<'a> {
    pub(super) conversation_id: Field<'a>,
    pub(super) conversation_start: Field<'a>,
    pub(super) participants_shape: Option<Shape>,
    pub(super) participants: ObjectList<ParticipantMembers<'a>>,
}

/// A party of a conversation.
#[derive(Default)]
pub(super) struct ParticipantMembers<'a> {
    pub(super) participant_id: Field<'a>,
    pub(super) purpose: Field<'a>,
    sessions_shape: Option<Shape>,
    pub(super) sessions: ObjectList<SessionMembers<'a>>,
}

/// A party's session of one medium.
#[derive(Default)]
pub(super) struct SessionMembers<'a> {
    pub(super) media_type: Field<'a>,
    pub(super) direction: Field<'a>,
    metrics_shape: Option<Shape>,
    pub(super) metrics: ObjectList<MetricMembers<'a>>,
    segments_shape: Option<Shape>,
    pub(super) segments: ObjectList<SegmentMembers<'a>>,
}

/// A measurement of a session.
#[derive(Default)]
pub(super) struct MetricMembers<'a> {
    pub(super) name: Field<'a>,
    pub(super) emit_date: Field<'a>,
}

/// A stretch of a session.
#[derive(Default)]
pub(super) struct SegmentMembers<'a> {
    pub(super) segment_type: Field<'a>,
    pub(super) segment_start: Field<'a>,
    pub(super) segment_end: Field<'a>,
    pub(super) queue_id: Field<'a>,
    pub(super) wrap_up_code: Field<'a>,
}

/// The objects of an array. Its other elements are ignored.
pub(super) struct ObjectList<M>(Vec<(Option<Shape>, M)>);

impl<M> Default for ObjectList<M> {
    fn default() -> Self {
        Self(Vec::new())
    }
}

impl<M> ObjectList<M> {
    pub(super) fn objects(&self) -> impl Iterator<Item = &M> {
        self.0.iter().filter(|(shape, _)| matches!(shape, Some(Shape::Object))).map(|(_, object)| object)
    }
}

impl<'a, M: Members<'a> + Default> Members<'a> for ObjectList<M> {
    fn target(&mut self, _: &str) -> Option<MemberTarget<'_, 'a>> {
        None
    }

    fn item(&mut self, _: usize) -> Option<MemberTarget<'_, 'a>> {
        self.0.push((None, M::default()));
        self.0.last_mut().map(|(shape, object)| MemberTarget::Object(shape, object))
    }
}

impl<'a> Members<'a> for ConversationMembers<'a> {
    fn target(&mut self, name: &str) -> Option<MemberTarget<'_, 'a>> {
        use MemberTarget::{Field, Object};
        Some(match name {
            "conversationId" => Field(&mut self.conversation_id),
            "conversationStart" => Field(&mut self.conversation_start),
            "participants" => Object(&mut self.participants_shape, &mut self.participants),
            _ => return None,
        })
    }
}

impl<'a> Members<'a> for ParticipantMembers<'a> {
    fn target(&mut self, name: &str) -> Option<MemberTarget<'_, 'a>> {
        use MemberTarget::{Field, Object};
        Some(match name {
            "participantId" => Field(&mut self.participant_id),
            "purpose" => Field(&mut self.purpose),
            "sessions" => Object(&mut self.sessions_shape, &mut self.sessions),
            _ => return None,
        })
    }
}

impl<'a> Members<'a> for SessionMembers<'a> {
    fn target(&mut self, name: &str) -> Option<MemberTarget<'_, 'a>> {
        use MemberTarget::{Field, Object};
        Some(match name {
            "mediaType" => Field(&mut self.media_type),
            "direction" => Field(&mut self.direction),
            "metrics" => Object(&mut self.metrics_shape, &mut self.metrics),
            "segments" => Object(&mut self.segments_shape, &mut self.segments),
            _ => return None,
        })
    }
}

impl<'a> Members<'a> for MetricMembers<'a> {
    fn target(&mut self, name: &str) -> Option<MemberTarget<'_, 'a>> {
        match name {
            "name" => Some(MemberTarget::Field(&mut self.name)),
            "emitDate" => Some(MemberTarget::Field(&mut self.emit_date)),
            _ => None,
        }
    }
}

impl<'a> Members<'a> for SegmentMembers<'a> {
    fn target(&mut self, name: &str) -> Option<MemberTarget<'_, 'a>> {
        Some(MemberTarget::Field(match name {
            "segmentType" => &mut self.segment_type,
            "segmentStart" => &mut self.segment_start,
            "segmentEnd" => &mut self.segment_end,
            "queueId" => &mut self.queue_id,
            "wrapUpCode" => &mut self.wrap_up_code,
            _ => return None,
        }))
    }
}
