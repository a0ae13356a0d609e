//! What the group has committed for a partition, and whether that is about the log that is being read.
//!
//! An offset alone does not tell which log it belongs to: the topic may have been deleted and recreated under the same
//! name. So the topic id is committed with it, in the metadata string that Kafka stores with each offset:
//!
//! ```text
//! offset 1207, metadata "topic-id=ASNFZ4mrze8BI0VniavN7w"
//! ```
//! With brokers that have no topic ids, and from earlier versions of this program, the string is empty. Then an offset
//! past the end belongs to another log, and any other offset counts for this one.

use ensilinja_librdkafka::TopicId;

/// The beginning of the metadata of a commit.
const PREFIX: &str = "topic-id=";

/// What the group has committed for a partition.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) struct Commit {
    /// The dead letters of all earlier offsets have been written.
    pub(crate) offset: i64,
    /// The id of the topic it was committed for, if the metadata names it.
    pub(crate) topic_id: Option<TopicId>,
}

/// The topic id in the metadata of a commit.
pub(crate) fn topic_id_in(metadata: &[u8]) -> Option<TopicId> {
    std::str::from_utf8(metadata).ok()?.strip_prefix(PREFIX)?.parse().ok()
}

/// The metadata that names a topic id.
pub(crate) fn metadata_of(topic_id: TopicId) -> String {
    format!("{PREFIX}{topic_id}")
}

impl Commit {
    /// Whether the commit may belong to the topic `topic_id`, whose partition ends at `end`.
    pub(crate) fn may_be_of(&self, topic_id: Option<TopicId>, end: i64) -> bool {
        let other_topic = self.topic_id.zip(topic_id).is_some_and(|(theirs, ours)| theirs != ours);
        !other_topic && self.offset <= end
    }

    /// Whether `frontier`, of the topic `topic_id` whose partition ends at `end`, replaces this commit.
    ///
    /// A commit never goes back within a log, because another process of the group may be ahead. A commit for another
    /// log is always replaced.
    pub(crate) fn gives_way_to(&self, frontier: i64, topic_id: Option<TopicId>, end: i64) -> bool {
        let adds_id = frontier == self.offset && self.topic_id.is_none() && topic_id.is_some();
        frontier > self.offset || adds_id || !self.may_be_of(topic_id, end)
    }
}

/// Which commits are about the log that is read.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum CommitFilter {
    /// Those that [may be](Commit::may_be_of) of the topic with this id, as far as the id is known.
    OfTopic(Option<TopicId>),
    /// Those that name the topic with this id: the topic was recreated, so an offset without an id is of the old one.
    Naming(TopicId),
    /// None: the log has lost records since, or was recreated where the brokers have no topic ids.
    None,
}

impl CommitFilter {
    /// The offset of a commit for a partition that ends at `end`; `None` if the commit is about another log.
    pub(crate) fn offset(self, commit: Option<Commit>, end: i64) -> Option<i64> {
        let counts = |commit: &Commit| match self {
            Self::OfTopic(topic_id) => commit.may_be_of(topic_id, end),
            Self::Naming(topic_id) => commit.topic_id == Some(topic_id) && commit.offset <= end,
            Self::None => false,
        };
        commit.filter(counts).map(|commit| commit.offset)
    }

    /// Whether `frontier`, of a partition of the topic `topic_id` that ends at `end`, replaces what is committed for
    /// it. What is committed for another log is always replaced.
    pub(crate) fn lets_replace(
        self,
        committed: Option<Commit>,
        frontier: i64,
        topic_id: Option<TopicId>,
        end: i64,
    ) -> bool {
        let counting = committed.filter(|_| self.offset(committed, end).is_some());
        counting.is_none_or(|commit| commit.gives_way_to(frontier, topic_id, end))
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn id(bits: u128) -> Option<TopicId> {
        TopicId::from_bits(bits)
    }

    #[test]
    fn the_metadata_gives_the_topic_id_back() {
        assert_eq!(topic_id_in(metadata_of(id(7).unwrap()).as_bytes()), id(7));
        for other in [&b""[..], b"topic-id=", b"another program's note", b"\xff\xfe"] {
            assert_eq!(topic_id_in(other), None);
        }
    }

    #[test]
    fn a_commit_of_another_topic_or_past_the_end_is_of_another_log() {
        let commit = |offset, topic_id| Commit { offset, topic_id };
        assert!(commit(5, id(1)).may_be_of(id(1), 5));
        assert!(!commit(5, id(1)).may_be_of(id(2), 5), "the topic was recreated and is longer");
        assert!(!commit(6, id(1)).may_be_of(id(1), 5), "the log has lost its end");
        assert!(commit(5, None).may_be_of(id(1), 5) && commit(5, id(1)).may_be_of(None, 5), "an id is unknown");
    }

    #[test]
    fn a_commit_goes_back_only_where_it_is_of_another_log() {
        let commit = Commit { offset: 5, topic_id: id(1) };
        assert!(commit.gives_way_to(6, id(1), 9) && !commit.gives_way_to(5, id(1), 9));
        assert!(!commit.gives_way_to(4, id(1), 9), "another process is ahead");
        assert!(commit.gives_way_to(0, id(2), 9) && commit.gives_way_to(2, id(1), 3));
        let unnamed = Commit { topic_id: None, ..commit };
        assert!(unnamed.gives_way_to(5, id(1), 9) && !unnamed.gives_way_to(5, None, 9), "the id is added");
        assert!(!unnamed.gives_way_to(4, id(1), 9));
    }

    #[test]
    fn a_commit_for_another_log_is_ignored() {
        let (ours, theirs) = (id(1).unwrap(), id(2));
        let commits = [(5, None), (6, None), (5, id(1)), (6, id(1)), (5, theirs)];
        let offsets = |filter: CommitFilter| {
            commits.map(|(offset, topic_id)| filter.offset(Some(Commit { offset, topic_id }), 5).is_some())
        };
        assert_eq!(offsets(CommitFilter::OfTopic(id(1))), [true, false, true, false, false]);
        assert_eq!(offsets(CommitFilter::OfTopic(None)), [true, false, true, false, true]);
        assert_eq!(offsets(CommitFilter::Naming(ours)), [false, false, true, false, false]);
        assert_eq!(offsets(CommitFilter::None), [false; 5]);
        assert_eq!(CommitFilter::OfTopic(id(1)).offset(None, 5), None);
    }

    #[test]
    fn the_first_frontier_of_a_changed_log_replaces_what_may_be_of_the_old_one() {
        let (ours, commit) = (id(1), |topic_id| Some(Commit { offset: 5, topic_id }));
        let replaces = |filter: CommitFilter, topic_id| filter.lets_replace(commit(topic_id), 3, ours, 9);
        assert!(replaces(CommitFilter::None, ours) && replaces(CommitFilter::Naming(ours.unwrap()), None));
        assert!(!replaces(CommitFilter::Naming(ours.unwrap()), ours), "another process is ahead in the new log");
        assert!(!replaces(CommitFilter::OfTopic(ours), None) && replaces(CommitFilter::OfTopic(ours), id(2)));
        assert!(CommitFilter::OfTopic(ours).lets_replace(None, 0, ours, 9), "nothing is committed");
    }
}
