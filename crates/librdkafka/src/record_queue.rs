//! Takes fetched records from a queue in batches, without an allocation or an event per record.
//!
//! ```text
//!   partition 0 --.
//!   partition 1 ---+--> queue --refill--> batch of messages --get--> FetchedRecord
//!   partition 2 --'       (librdkafka)       (owned here)             (borrowed from the batch)
//! ```
//! Ends of partitions and errors of fetching come in the same order, between the records. What belongs to no partition
//! does not come this way: such errors, log lines and events still need a poll of the consumer itself.
//!
//! librdkafka forgets that a partition is attached to a queue when the partition is unassigned, and it does so on a
//! thread of its own, at some time after the call. Until the partition is attached again its records wait in its own
//! queue, so nothing is lost.

use std::ffi::{CString, c_int};
use std::marker::PhantomData;
use std::ptr;
use std::sync::Arc;
use std::time::Duration;

use rdkafka::consumer::{BaseConsumer, Consumer, ConsumerContext};
use rdkafka::error::RDKafkaErrorCode;
use rdkafka_sys as c;

use crate::fetched_record::Fetched;
use crate::handle::Handle;

/// A queue of fetched records, and the batch that was last taken from it.
///
/// It is not `Sync`: headers are parsed within a message when they are first requested, so only one thread may have the
/// messages.
pub struct RecordQueue<C: ConsumerContext + 'static> {
    // Fields are dropped in this order: messages refer to the queue's partitions, and the queue to the consumer.
    batch: Batch,
    queue: Handle<c::rd_kafka_queue_t>,
    consumer: Arc<BaseConsumer<C>>,
}

/// The messages of one batch.
///
/// Invariant: every pointer is a message that librdkafka has handed over and nothing has destroyed.
struct Batch(Vec<*mut c::rd_kafka_message_t>);

// SAFETY: librdkafka ties neither a queue nor a message to a thread, and the value holds all pointers to the messages:
// records that borrow them keep it from moving. The consumer is itself `Send` and `Sync`.
unsafe impl<C: ConsumerContext + 'static> Send for RecordQueue<C> where Arc<BaseConsumer<C>>: Send {}

impl<C: ConsumerContext + 'static> RecordQueue<C> {
    /// An empty queue of its own. [`attach`](Self::attach) leads the records of partitions to it.
    ///
    /// # Errors
    /// If librdkafka has no memory for it.
    pub fn new(consumer: &Arc<BaseConsumer<C>>) -> Result<Self, RDKafkaErrorCode> {
        // SAFETY: the consumer is borrowed, so its C handle is alive.
        let queue = unsafe { c::rd_kafka_queue_new(consumer.client().native_ptr()) };
        // SAFETY: the queue was just created and belongs to us, and this is its destructor.
        let queue = unsafe { Handle::own(queue, c::rd_kafka_queue_destroy) };
        Ok(Self::of(queue.ok_or(RDKafkaErrorCode::CriticalSystemResource)?, consumer))
    }

    /// The queue of one partition, which then leads nowhere else: call this before the partition is assigned.
    ///
    /// # Errors
    /// If `topic` cannot be the name of a topic.
    pub fn of_partition(
        consumer: &Arc<BaseConsumer<C>>,
        topic: &str,
        partition: i32,
    ) -> Result<Self, RDKafkaErrorCode> {
        let queue = queue_of_partition(consumer, topic, partition)?;
        // SAFETY: the queue is alive, and a null target ends forwarding.
        unsafe { c::rd_kafka_queue_forward(queue.as_ptr(), ptr::null_mut()) };
        Ok(Self::of(queue, consumer))
    }

    fn of(queue: Handle<c::rd_kafka_queue_t>, consumer: &Arc<BaseConsumer<C>>) -> Self {
        Self { batch: Batch(Vec::new()), queue, consumer: Arc::clone(consumer) }
    }

    /// Leads the records of a partition to this queue, those that already wait included. Call it before the partition
    /// is assigned, and again from time to time after it was unassigned and assigned; a repeated call changes nothing.
    ///
    /// # Errors
    /// If `topic` cannot be the name of a topic.
    pub fn attach(&self, topic: &str, partition: i32) -> Result<(), RDKafkaErrorCode> {
        let source = queue_of_partition(&self.consumer, topic, partition)?;
        // SAFETY: both queues are alive; the source takes a reference of its own to the target.
        unsafe { c::rd_kafka_queue_forward(source.as_ptr(), self.queue.as_ptr()) };
        Ok(())
    }

    /// The consumer whose records these are.
    #[must_use]
    pub const fn consumer(&self) -> &Arc<BaseConsumer<C>> {
        &self.consumer
    }

    /// Destroys the last batch, takes the next of at most `most` messages, and returns how many there are. If there is
    /// none, it waits up to `timeout` for one message.
    pub fn refill(&mut self, most: usize, timeout: Duration) -> usize {
        self.batch.clear();
        // librdkafka waits for a batch until it is full, however many messages there are. So only one is waited for.
        if self.take(most, 0) == 0 && !timeout.is_zero() {
            self.take(1, whole_ms(timeout));
        }
        self.batch.0.len()
    }

    /// Takes a batch; there is none at the moment.
    fn take(&mut self, most: usize, timeout_ms: c_int) -> usize {
        let messages = &mut self.batch.0;
        messages.reserve(most);
        let (queue, place) = (self.queue.as_ptr(), messages.as_mut_ptr());
        // SAFETY: the queue is alive, and the vector has room for `most` pointers.
        let count = unsafe { c::rd_kafka_consume_batch_queue(queue, timeout_ms, place, most) };
        let count = usize::try_from(count).unwrap_or(0);
        // SAFETY: the call has written `count` pointers, at most `most`, and each message belongs to its caller.
        unsafe { messages.set_len(count) };
        count
    }

    /// The messages of the batch, in order.
    pub fn iter(&self) -> impl Iterator<Item = Fetched<'_>> {
        (0..self.batch.0.len()).filter_map(|index| self.get(index))
    }

    /// One message of the batch.
    #[inline]
    #[must_use]
    pub fn get(&self, index: usize) -> Option<Fetched<'_>> {
        let message = *self.batch.0.get(index)?;
        // SAFETY: by the invariant of the batch the message is alive, and it lives until the batch changes, which needs
        // this queue mutably. The lifetime that is passed is that of the borrow of the queue.
        Some(unsafe { Fetched::of(message, PhantomData) })
    }
}

impl Batch {
    fn clear(&mut self) {
        for message in self.0.drain(..) {
            // SAFETY: by the invariant of the type the message is alive; the batch owns it, and forgets it here.
            unsafe { c::rd_kafka_message_destroy(message) };
        }
    }
}

impl Drop for Batch {
    fn drop(&mut self) {
        self.clear();
    }
}

fn queue_of_partition<C: ConsumerContext + 'static>(
    consumer: &BaseConsumer<C>,
    topic: &str,
    partition: i32,
) -> Result<Handle<c::rd_kafka_queue_t>, RDKafkaErrorCode> {
    let topic = CString::new(topic).map_err(|_| RDKafkaErrorCode::InvalidArgument)?;
    // SAFETY: the consumer is borrowed, so its C handle is alive; the name ends in a zero byte and is copied.
    let queue = unsafe { c::rd_kafka_queue_get_partition(consumer.client().native_ptr(), topic.as_ptr(), partition) };
    // SAFETY: the reference to the queue was just created and belongs to us, and this is its destructor.
    unsafe { Handle::own(queue, c::rd_kafka_queue_destroy) }.ok_or(RDKafkaErrorCode::InvalidArgument)
}

fn whole_ms(duration: Duration) -> c_int {
    c_int::try_from(duration.as_millis()).unwrap_or(c_int::MAX)
}

/// Records of librdkafka's mock cluster.
///
/// After a change of this crate run these tests once under valgrind: a leak there is a message that is not destroyed,
/// and an invalid read one that is used after that. (rdkafka itself leaks 216 bytes for each client that is made.)
/// Names of headers that are not UTF-8 are tested in `ensilinja-kafka`.
#[cfg(test)]
mod tests {
    use std::time::Instant;

    use rdkafka::config::ClientConfig;
    use rdkafka::consumer::DefaultConsumerContext;
    use rdkafka::message::{Header, OwnedHeaders};
    use rdkafka::mocking::MockCluster;
    use rdkafka::producer::{BaseProducer, BaseRecord, DefaultProducerContext, Producer};
    use rdkafka::{Offset, TopicPartitionList};

    use super::*;
    use crate::fetched_record::FetchedRecord;

    const TOPIC: &str = "events";
    const WITHIN: Duration = Duration::from_secs(20);
    const WAIT: Duration = Duration::from_millis(50);

    type Cluster = MockCluster<'static, DefaultProducerContext>;

    fn cluster() -> Cluster {
        let cluster = MockCluster::new(1).unwrap();
        cluster.create_topic(TOPIC, 2, 1).unwrap();
        cluster
    }

    fn config(cluster: &Cluster) -> ClientConfig {
        let mut config = ClientConfig::new();
        config.set("bootstrap.servers", cluster.bootstrap_servers());
        config
    }

    fn consumer(cluster: &Cluster) -> Arc<BaseConsumer> {
        let mut config = config(cluster);
        config.set("group.id", "g").set("enable.partition.eof", "true").set("auto.offset.reset", "error");
        Arc::new(config.create().unwrap())
    }

    /// Publishes records with these values.
    fn publish(cluster: &Cluster, partition: i32, values: impl Iterator<Item = String>) {
        let producer: BaseProducer = config(cluster).create().unwrap();
        for value in values {
            let record = BaseRecord::<str, str>::to(TOPIC).partition(partition).payload(&value);
            producer.send(record.timestamp(1_758_006_900_000)).unwrap();
        }
        producer.flush(WITHIN).unwrap();
    }

    fn list(partition: i32, offset: i64) -> TopicPartitionList {
        let mut list = TopicPartitionList::new();
        list.add_partition_offset(TOPIC, partition, Offset::Offset(offset)).unwrap();
        list
    }

    /// What has come, in order: the value of a record, `end N`, or the error.
    fn told(fetched: &Fetched<'_>) -> String {
        match fetched {
            Fetched::Record(record) => String::from_utf8(record.value().unwrap_or(b"null").to_vec()).unwrap(),
            Fetched::EndOfPartition { topic, partition } => format!("end {}/{partition}", topic.name()),
            Fetched::Error { code, reason, topic } => {
                format!("{code:?} of {:?}, {reason}", topic.map(|topic| topic.name()))
            }
        }
    }

    /// Takes batches of at most `most` until `count` messages have come.
    fn take(queue: &mut RecordQueue<DefaultConsumerContext>, most: usize, count: usize) -> Vec<String> {
        let (mut all, began) = (Vec::new(), Instant::now());
        while all.len() < count {
            assert!(began.elapsed() < WITHIN, "only {all:?} has come");
            assert!(queue.consumer().poll(Duration::ZERO).is_none(), "all comes by the queue");
            let taken = queue.refill(most, WAIT);
            assert_eq!(taken, queue.iter().count());
            all.extend(queue.iter().map(|fetched| told(&fetched)));
        }
        all
    }

    fn numbers(range: std::ops::Range<u32>) -> Vec<String> {
        range.map(|number| number.to_string()).collect()
    }

    #[test]
    fn records_come_in_order_and_the_end_of_the_partition_after_them() {
        let cluster = cluster();
        publish(&cluster, 0, numbers(0..1000).into_iter());
        let consumer = consumer(&cluster);
        let mut queue = RecordQueue::of_partition(&consumer, TOPIC, 0).unwrap();
        consumer.assign(&list(0, 0)).unwrap();
        let mut expected = numbers(0..1000);
        expected.push("end events/0".to_owned());
        assert_eq!(take(&mut queue, 64, 1001), expected);
    }

    #[test]
    fn records_of_attached_partitions_come_by_one_queue() {
        let cluster = cluster();
        publish(&cluster, 0, numbers(0..10).into_iter());
        publish(&cluster, 1, numbers(10..20).into_iter());
        let consumer = consumer(&cluster);
        let mut queue = RecordQueue::new(&consumer).unwrap();
        let mut both = list(0, 0);
        both.add_partition_offset(TOPIC, 1, Offset::Offset(0)).unwrap();
        queue.attach(TOPIC, 0).unwrap();
        queue.attach(TOPIC, 1).unwrap();
        consumer.assign(&both).unwrap();
        let mut all = take(&mut queue, 1000, 22);
        all.sort_by_key(|told| (told.starts_with("end"), told.parse::<u32>().ok()));
        all.truncate(20);
        assert_eq!(all, numbers(0..20));
    }

    #[test]
    fn a_partition_that_is_fetched_again_is_attached_again() {
        let cluster = cluster();
        publish(&cluster, 0, numbers(0..3).into_iter());
        let consumer = consumer(&cluster);
        let mut queue = RecordQueue::new(&consumer).unwrap();
        queue.attach(TOPIC, 0).unwrap();
        consumer.assign(&list(0, 0)).unwrap();
        assert_eq!(take(&mut queue, 10, 4), ["0", "1", "2", "end events/0"]);
        consumer.incremental_unassign(&list(0, 0)).unwrap();
        consumer.incremental_assign(&list(0, 1)).unwrap();
        let (mut all, began) = (Vec::new(), Instant::now());
        while all.len() < 3 && began.elapsed() < WITHIN {
            assert!(consumer.poll(Duration::ZERO).is_none(), "no record comes by the queue of the consumer");
            queue.attach(TOPIC, 0).unwrap();
            queue.refill(10, WAIT);
            all.extend(queue.iter().map(|fetched| told(&fetched)));
        }
        assert_eq!(all, ["1", "2", "end events/0"]);
    }

    #[test]
    fn an_error_of_fetching_comes_as_a_message() {
        let cluster = cluster();
        let consumer = consumer(&cluster);
        let mut queue = RecordQueue::of_partition(&consumer, TOPIC, 0).unwrap();
        consumer.assign(&list(0, 7)).unwrap();
        let told = take(&mut queue, 10, 1);
        assert!(told[0].starts_with("AutoOffsetReset of Some(\"events\"), fetch failed"), "{told:?}");
    }

    #[test]
    fn null_and_empty_keys_values_and_headers_are_told_apart() {
        let cluster = cluster();
        let producer: BaseProducer = config(&cluster).create().unwrap();
        let header = |key, value| Header { key, value };
        let headers = OwnedHeaders::new()
            .insert(header("b", Some(&b"1"[..])))
            .insert(header("a", None))
            .insert(header("b", Some(&b""[..])));
        let to = || BaseRecord::<[u8], [u8]>::to(TOPIC).partition(0).timestamp(1_758_006_900_000);
        producer.send(to().headers(headers).payload(b"")).unwrap();
        producer.send(to().key(b"")).unwrap();
        producer.flush(WITHIN).unwrap();
        let consumer = consumer(&cluster);
        let mut queue = RecordQueue::of_partition(&consumer, TOPIC, 0).unwrap();
        consumer.assign(&list(0, 0)).unwrap();
        let began = Instant::now();
        let mut seen = 0;
        while seen < 2 {
            assert!(began.elapsed() < WITHIN);
            queue.refill(10, WAIT);
            for fetched in queue.iter() {
                let Fetched::Record(record) = fetched else { continue };
                match record.offset() {
                    0 => check_first(&record),
                    _ => check_second(&record),
                }
                seen += 1;
            }
        }
    }

    fn check_second(record: &FetchedRecord<'_>) {
        assert_eq!((record.key(), record.value(), record.headers().count()), (Some(&b""[..]), None, 0));
    }

    fn check_first(record: &FetchedRecord<'_>) {
        let expected = [(&b"b"[..], Some(&b"1"[..])), (b"a", None), (b"b", Some(b""))];
        for _ in 0..2 {
            assert_eq!(record.headers().collect::<Vec<_>>(), expected, "reading them again gives the same");
        }
        assert_eq!((record.key(), record.value()), (None, Some(&b""[..])));
        assert_eq!((record.partition(), record.timestamp_ms()), (0, Some(1_758_006_900_000)));
    }

    #[test]
    fn a_queue_with_messages_may_be_dropped_after_all_else() {
        let cluster = cluster();
        publish(&cluster, 0, numbers(0..100).into_iter());
        let consumer = consumer(&cluster);
        let mut queue = RecordQueue::of_partition(&consumer, TOPIC, 0).unwrap();
        consumer.assign(&list(0, 0)).unwrap();
        drop(consumer);
        let taken = take(&mut queue, 10, 10);
        assert!(taken.len() < 100, "a batch and further messages are left");
    }

    #[test]
    fn an_empty_queue_waits_no_longer_than_it_is_told() {
        let cluster = cluster();
        let mut queue = RecordQueue::new(&consumer(&cluster)).unwrap();
        let began = Instant::now();
        assert_eq!(queue.refill(10, WAIT), 0);
        assert!(began.elapsed() >= WAIT && began.elapsed() < WITHIN && queue.get(0).is_none());
        assert_eq!(queue.attach("a\0b", 0), Err(RDKafkaErrorCode::InvalidArgument));
    }
}
