//! What the requests of librdkafka's admin API have in common: options, a queue for the answer, and waiting for it.

use std::ffi::{CString, c_char, c_int};
use std::ptr;
use std::time::Duration;

use rdkafka::client::{Client, ClientContext};
use rdkafka::error::RDKafkaErrorCode;
use rdkafka_sys as c;

use crate::handle::Handle;

/// How much longer than the request timeout the C library may take to report the timeout.
const GRACE: Duration = Duration::from_millis(500);

/// A request that was not sent yet.
pub(crate) struct AdminRequest<'a, C: ClientContext> {
    client: &'a Client<C>,
    options: Handle<c::rd_kafka_AdminOptions_t>,
    queue: Handle<c::rd_kafka_queue_t>,
    timeout: Duration,
}

impl<'a, C: ClientContext> AdminRequest<'a, C> {
    pub(crate) fn new(
        client: &'a Client<C>,
        purpose: c::rd_kafka_admin_op_t,
        timeout: Duration,
    ) -> Result<Self, RDKafkaErrorCode> {
        // SAFETY: the client is borrowed, so its C handle is alive as long as this value.
        let options = unsafe { c::rd_kafka_AdminOptions_new(client.native_ptr(), purpose) };
        // SAFETY: the options were just created and belong to us, and this is their destructor.
        let options = created(unsafe { Handle::own(options, c::rd_kafka_AdminOptions_destroy) })?;
        // SAFETY: the options are alive. No error text is requested, so there is no buffer to write to.
        let set = unsafe {
            c::rd_kafka_AdminOptions_set_request_timeout(options.as_ptr(), whole_ms(timeout), ptr::null_mut(), 0)
        };
        ok(set)?;
        // SAFETY: the client's C handle is alive, as above.
        let queue = unsafe { c::rd_kafka_queue_new(client.native_ptr()) };
        // SAFETY: the queue was just created and belongs to us, and this is its destructor. The C library holds a
        // reference of its own and drops an answer that comes after the queue is destroyed.
        let queue = created(unsafe { Handle::own(queue, c::rd_kafka_queue_destroy) })?;
        Ok(Self { client, options, queue, timeout })
    }

    /// The request is for the broker with this id (its `node.id`).
    pub(crate) fn at_broker(self, broker: i32) -> Result<Self, RDKafkaErrorCode> {
        // SAFETY: the options are alive. No error text is requested, so there is no buffer to write to.
        let set = unsafe { c::rd_kafka_AdminOptions_set_broker(self.options.as_ptr(), broker, ptr::null_mut(), 0) };
        ok(set)?;
        Ok(self)
    }

    /// The answer has the operations that this user is allowed (KIP-430).
    pub(crate) fn with_operations(self) -> Result<Self, RDKafkaErrorCode> {
        // SAFETY: the options are alive.
        let error = unsafe { c::rd_kafka_AdminOptions_set_include_authorized_operations(self.options.as_ptr(), 1) };
        // SAFETY: the caller owns the error, which is null if there is none, and this is its destructor.
        match unsafe { Handle::own(error, c::rd_kafka_error_destroy) } {
            None => Ok(self),
            // SAFETY: the error is alive as long as its handle.
            Some(error) => Err(RDKafkaErrorCode::from(unsafe { c::rd_kafka_error_code(error.as_ptr()) })),
        }
    }

    /// Sends the request by `send`, and waits for the event with its answer: at most the timeout and half a second.
    /// `send` gets a client, options and a queue that are alive.
    pub(crate) fn answer(
        self,
        send: impl FnOnce(*mut c::rd_kafka_t, *const c::rd_kafka_AdminOptions_t, *mut c::rd_kafka_queue_t),
    ) -> Result<Handle<c::rd_kafka_event_t>, RDKafkaErrorCode> {
        send(self.client.native_ptr(), self.options.as_ptr(), self.queue.as_ptr());
        // SAFETY: the queue is alive, and only this function knows it, so no other thread polls it.
        let event = unsafe { c::rd_kafka_queue_poll(self.queue.as_ptr(), whole_ms(self.timeout + GRACE)) };
        // SAFETY: the caller of a poll owns the event, and this is its destructor.
        let event = unsafe { Handle::own(event, c::rd_kafka_event_destroy) };
        let event = event.ok_or(RDKafkaErrorCode::OperationTimedOut)?;
        // SAFETY: the event is alive for as long as its handle.
        ok(unsafe { c::rd_kafka_event_error(event.as_ptr()) })?;
        Ok(event)
    }
}

/// Names as C has them, and pointers to them.
pub(crate) struct CNames {
    /// The names that the pointers point to. Moving the vector does not move them.
    _owned: Vec<CString>,
    pointers: Vec<*const c_char>,
}

impl CNames {
    /// Refuses a name that contains a zero byte.
    pub(crate) fn new(names: &[&str]) -> Result<Self, RDKafkaErrorCode> {
        let owned: Result<Vec<CString>, _> = names.iter().map(|name| CString::new(*name)).collect();
        let owned = owned.map_err(|_| RDKafkaErrorCode::InvalidArgument)?;
        let pointers = owned.iter().map(|name| name.as_ptr()).collect();
        Ok(Self { _owned: owned, pointers })
    }

    /// An array of [`Self::len`] names that end in a zero byte, alive as long as this value.
    pub(crate) const fn as_mut_ptr(&mut self) -> *mut *const c_char {
        self.pointers.as_mut_ptr()
    }

    pub(crate) const fn len(&self) -> usize {
        self.pointers.len()
    }
}

/// The answers about these names, in their order; [`BadMessage`](RDKafkaErrorCode::BadMessage) where there is none.
pub(crate) fn in_order<T: Copy>(
    names: &[&str],
    answers: &[(Vec<u8>, Result<T, RDKafkaErrorCode>)],
) -> Vec<Result<T, RDKafkaErrorCode>> {
    let of = |name: &&str| answers.iter().find(|(of, _)| *of == name.as_bytes());
    names.iter().map(|name| of(name).map_or(Err(RDKafkaErrorCode::BadMessage), |(_, answer)| *answer)).collect()
}

pub(crate) fn created<T>(handle: Option<Handle<T>>) -> Result<Handle<T>, RDKafkaErrorCode> {
    handle.ok_or(RDKafkaErrorCode::CriticalSystemResource)
}

pub(crate) fn ok(error: c::rd_kafka_resp_err_t) -> Result<(), RDKafkaErrorCode> {
    match RDKafkaErrorCode::from(error) {
        RDKafkaErrorCode::NoError => Ok(()),
        error => Err(error),
    }
}

fn whole_ms(duration: Duration) -> c_int {
    c_int::try_from(duration.as_millis()).unwrap_or(c_int::MAX)
}
