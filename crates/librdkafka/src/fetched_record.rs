//! What comes out of a queue of fetched records: a record, the end of a partition, or an error.

use std::ffi::{CStr, c_void};
use std::marker::PhantomData;
use std::ptr::NonNull;
use std::{ptr, slice};

use rdkafka::error::RDKafkaErrorCode;
use rdkafka_sys as c;

/// One message of a batch.
pub enum Fetched<'a> {
    /// A record.
    Record(FetchedRecord<'a>),
    /// All that can be read of a partition at the moment has come.
    EndOfPartition {
        /// The topic.
        topic: FetchedTopic<'a>,
        /// The partition.
        partition: i32,
    },
    /// Fetching has failed.
    Error {
        /// What has failed.
        code: RDKafkaErrorCode,
        /// The words of librdkafka.
        reason: String,
        /// The topic, if the error is about one.
        topic: Option<FetchedTopic<'a>>,
    },
}

/// The topic of a message. Two are equal if they are the same topic of the same batch: comparing them is as fast as
/// comparing two numbers.
#[derive(Clone, Copy, PartialEq, Eq)]
pub struct FetchedTopic<'a> {
    topic: NonNull<c::rd_kafka_topic_t>,
    batch: PhantomData<&'a ()>,
}

/// A record of the log. It borrows from its batch, and neither it nor a copy can leave the thread that has the batch.
#[derive(Clone, Copy)]
pub struct FetchedRecord<'a> {
    /// Its address, for calls of librdkafka: they change what lies behind the fields of `fields`.
    message: *mut c::rd_kafka_message_t,
    /// A copy of its public fields, which never change.
    fields: c::rd_kafka_message_t,
    batch: PhantomData<&'a ()>,
}

/// A header: its name and its value, which may be null. Kafka's names are UTF-8, but no broker checks that.
pub type RawHeader<'a> = (&'a [u8], Option<&'a [u8]>);

/// The headers of a record, in order.
pub struct RawHeaders<'a> {
    /// Null if there are none.
    list: *const c::rd_kafka_headers_t,
    next: usize,
    record: PhantomData<&'a ()>,
}

impl<'a> Fetched<'a> {
    /// The message at `message`.
    ///
    /// # Safety
    /// The message comes from a consumer, is alive for `'a`, and no other thread uses it during that time.
    #[inline]
    pub(crate) unsafe fn of(message: *mut c::rd_kafka_message_t, batch: PhantomData<&'a ()>) -> Self {
        // SAFETY: by the rule of this function the message is alive.
        let code = unsafe { &raw const (*message).err };
        // SAFETY: the code is part of the message. It is read as a number, because a broker may send one that the enum
        // of this version does not have.
        let code = unsafe { *code.cast::<i32>() };
        if code != 0 {
            return Self::failed(message, code, batch);
        }
        // SAFETY: as above, and the code is one of the enum's.
        let fields = unsafe { *message };
        Self::Record(FetchedRecord { message, fields, batch })
    }

    /// The end of a partition, or an error.
    #[cold]
    fn failed(message: *mut c::rd_kafka_message_t, code: i32, batch: PhantomData<&'a ()>) -> Self {
        let known = c::rd_kafka_resp_err_t::try_from(code);
        // SAFETY: the only caller has checked that the message is alive.
        let topic = unsafe { (*message).rkt };
        // SAFETY: as above.
        let partition = unsafe { (*message).partition };
        let topic = NonNull::new(topic).map(|topic| FetchedTopic { topic, batch });
        match (known.map_or(RDKafkaErrorCode::Unknown, RDKafkaErrorCode::from), topic) {
            (RDKafkaErrorCode::PartitionEOF, Some(topic)) => Self::EndOfPartition { topic, partition },
            (code, topic) => Self::Error { code, reason: reason_of(message), topic },
        }
    }
}

#[cold]
fn reason_of(message: *mut c::rd_kafka_message_t) -> String {
    // SAFETY: the only caller has checked that the message is alive.
    let reason = unsafe { c::rd_kafka_message_errstr(message) };
    if reason.is_null() {
        return String::new();
    }
    // SAFETY: the text ends in a zero byte and lives as long as the message; it is copied before that ends.
    unsafe { CStr::from_ptr(reason) }.to_string_lossy().into_owned()
}

impl<'a> FetchedRecord<'a> {
    /// The key; `None` is Kafka's null.
    #[inline]
    #[must_use]
    pub fn key(&self) -> Option<&'a [u8]> {
        // SAFETY: the two fields describe the key, which belongs to the message and lives as long.
        unsafe { bytes(self.fields.key, self.fields.key_len) }
    }

    /// The value; `None` is Kafka's null.
    #[inline]
    #[must_use]
    pub fn value(&self) -> Option<&'a [u8]> {
        // SAFETY: the two fields describe the value, which belongs to the message and lives as long.
        unsafe { bytes(self.fields.payload, self.fields.len) }
    }

    /// The topic.
    #[inline]
    #[must_use]
    pub fn topic(&self) -> FetchedTopic<'a> {
        let topic = NonNull::new(self.fields.rkt).expect("librdkafka gives every record its topic");
        FetchedTopic { topic, batch: self.batch }
    }

    /// The partition.
    #[inline]
    #[must_use]
    pub const fn partition(&self) -> i32 {
        self.fields.partition
    }

    /// The offset in the partition.
    #[inline]
    #[must_use]
    pub const fn offset(&self) -> i64 {
        self.fields.offset
    }

    /// The timestamp in milliseconds; `None` if the record has none.
    #[inline]
    #[must_use]
    pub fn timestamp_ms(&self) -> Option<i64> {
        let mut kind = c::rd_kafka_timestamp_type_t::RD_KAFKA_TIMESTAMP_NOT_AVAILABLE;
        // SAFETY: the message is alive, and `kind` is written before the call returns.
        let ms = unsafe { c::rd_kafka_message_timestamp(self.message, &raw mut kind) };
        (kind != c::rd_kafka_timestamp_type_t::RD_KAFKA_TIMESTAMP_NOT_AVAILABLE && ms != -1).then_some(ms)
    }

    /// Whether the timestamp is that of the broker (`message.timestamp.type=LogAppendTime`).
    #[must_use]
    pub fn is_timestamp_of_broker(&self) -> bool {
        let mut kind = c::rd_kafka_timestamp_type_t::RD_KAFKA_TIMESTAMP_NOT_AVAILABLE;
        // SAFETY: the message is alive, and `kind` is written before the call returns.
        unsafe { c::rd_kafka_message_timestamp(self.message, &raw mut kind) };
        kind == c::rd_kafka_timestamp_type_t::RD_KAFKA_TIMESTAMP_LOG_APPEND_TIME
    }

    /// Parses the headers. If they are damaged, there are none.
    ///
    /// librdkafka keeps the parsed list within the message, so the first call changes the message. That is sound
    /// because a message and all records that refer to it are on one thread: none of the types is `Sync`, and records
    /// are not `Send`. The list then stays as it is until the message is destroyed.
    #[must_use]
    pub fn headers(&self) -> RawHeaders<'a> {
        let mut list = ptr::null_mut();
        // SAFETY: the message is alive and no other thread uses it; `list` is written if there are headers.
        unsafe { c::rd_kafka_message_headers(self.message, &raw mut list) };
        RawHeaders { list, next: 0, record: PhantomData }
    }
}

impl<'a> FetchedTopic<'a> {
    /// Its name.
    #[must_use]
    pub fn name(&self) -> &'a str {
        // SAFETY: each message of the batch holds a reference to its topic, and the batch lives for `'a`.
        let name = unsafe { c::rd_kafka_topic_name(self.topic.as_ptr()) };
        // SAFETY: the name ends in a zero byte and lives as long as the topic.
        let name: &'a CStr = unsafe { CStr::from_ptr(name) };
        name.to_str().unwrap_or_default()
    }
}

impl<'a> Iterator for RawHeaders<'a> {
    type Item = RawHeader<'a>;

    fn next(&mut self) -> Option<Self::Item> {
        if self.list.is_null() {
            return None;
        }
        let (mut name, mut value, mut size) = (ptr::null(), ptr::null(), 0);
        // SAFETY: the list belongs to the message, which is alive; the three are written if there is such a header.
        let result =
            unsafe { c::rd_kafka_header_get_all(self.list, self.next, &raw mut name, &raw mut value, &raw mut size) };
        if RDKafkaErrorCode::from(result) != RDKafkaErrorCode::NoError || name.is_null() {
            return None;
        }
        self.next += 1;
        // SAFETY: the name ends in a zero byte and lives as long as the message.
        let name: &'a CStr = unsafe { CStr::from_ptr(name) };
        // SAFETY: the value has `size` bytes, belongs to the message and lives as long.
        Some((name.to_bytes(), unsafe { bytes(value, size) }))
    }
}

/// The `length` bytes at `start`; `None` if it is null.
///
/// # Safety
/// `start` is null, or points to `length` bytes that live for `'a` and are not changed.
#[inline]
unsafe fn bytes<'a>(start: *const c_void, length: usize) -> Option<&'a [u8]> {
    // SAFETY: by the rule of this function.
    (!start.is_null()).then(|| unsafe { slice::from_raw_parts(start.cast::<u8>(), length) })
}
