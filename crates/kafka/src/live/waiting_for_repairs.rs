//! The first figures wait for topics that only repair the past, but not for those that cannot be read.
//!
//! Such a topic may have lost its leader while it was read, or refuse its records to this user. The other topics are
//! read by then, so their figures are shown, and the status tells of the error.

use std::sync::Arc;
use std::time::{Duration, Instant};

use crate::partition_progress::PartitionProgress;

/// How long the first figures wait while no repairs come.
const PATIENCE: Duration = Duration::from_secs(10);

/// How far the repairs were read, and since when that has not changed, while they alone are waited for.
#[derive(Default)]
pub(super) struct WaitingForRepairs(Option<(i64, Instant)>);

impl WaitingForRepairs {
    /// Lets the first figures go on without repairs that do not come.
    pub(super) fn check(&mut self, partitions: &[Arc<PartitionProgress>], now: Instant) {
        let mut missing = partitions.iter().filter(|partition| !partition.is_rebuilt()).peekable();
        if missing.peek().is_none() || missing.clone().any(|partition| partition.of.topic.holds_back()) {
            self.0 = None;
            return;
        }
        // Of all together: partitions that are read at the same time wait for each other.
        let read_to = missing.clone().map(|partition| partition.read_to()).sum();
        let since = self.0.filter(|(known, _)| *known == read_to).map_or(now, |(_, since)| since);
        self.0 = Some((read_to, since));
        if now.duration_since(since) >= PATIENCE {
            for partition in missing {
                let (topic, number) = (&partition.of.topic.name, partition.of.number);
                tracing::warn!(topic, partition = number, "repairs not read, going on without them");
                partition.waive_goal();
            }
        }
    }
}

#[cfg(test)]
mod tests {
    use ensilinja_model::EventTime;

    use super::*;
    use crate::topic_choice::{ChosenPartition, ChosenTopic, TopicChoice};

    /// A partition of which 10 records are to be read first.
    fn partition(topic: &str, repairs_only: bool) -> Arc<PartitionProgress> {
        let choice = TopicChoice { repairs_only, ..TopicChoice::of(topic) };
        let topic = Arc::new(ChosenTopic { name: topic.to_owned(), choice });
        Arc::new(PartitionProgress::new(ChosenPartition { topic, number: 0 }, 0, 10, EventTime::from_seconds(0)))
    }

    #[test]
    fn only_repairs_that_stand_still_while_nothing_else_is_missing_are_given_up() {
        let partitions = [partition("calls", false), partition("repairs", true), partition("more", true)];
        let (mut waiting, start) = (WaitingForRepairs::default(), Instant::now());
        let mut after = |seconds| {
            waiting.check(&partitions, start + Duration::from_secs(seconds));
            partitions.each_ref().map(|partition| partition.is_rebuilt())
        };
        assert_eq!((after(0), after(60)), ([false; 3], [false; 3]), "calls are missing too");
        partitions[0].pass(10);
        assert_eq!((after(61), after(70)), ([true, false, false], [true, false, false]));
        partitions[2].pass(4);
        assert_eq!((after(71), after(80)), ([true, false, false], [true, false, false]), "some have come");
        assert_eq!(after(81), [true; 3]);
        assert_eq!(partitions.each_ref().map(|partition| partition.goal()), [10, 0, 4], "what was read is to be kept");
    }
}
