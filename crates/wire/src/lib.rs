//! Bytes of a Kafka record become an event, or a reason why not.
