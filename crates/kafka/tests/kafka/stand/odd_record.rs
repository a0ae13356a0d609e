//! A record that no careful producer sends: a header whose name is not UTF-8. Clients of Kafka refuse to make one, so
//! it is written byte by byte.

#![allow(clippy::unwrap_used, clippy::disallowed_types, reason = "a test that speaks to the broker without a client")]

use std::io::{Read, Write};
use std::net::TcpStream;

/// Publishes a record with `value` and one header, called by the bytes 0xff 0xfe, to partition 0 of `topic`.
pub fn publish_odd_header(bootstrap_servers: &str, topic: &str, value: &[u8], timestamp_ms: i64) {
    let batch = batch(value, &[0xff, 0xfe], timestamp_ms);
    let mut request = Vec::new();
    // Produce (0), version 3, a correlation id, no client id; no transaction, acknowledged by all, within 10 s.
    request.extend([0, 0, 0, 3, 0, 0, 0, 1, 0xff, 0xff, 0xff, 0xff, 0xff, 0xff]);
    request.extend(10_000_i32.to_be_bytes());
    request.extend(1_i32.to_be_bytes());
    request.extend(u16::try_from(topic.len()).unwrap().to_be_bytes());
    request.extend(topic.as_bytes());
    request.extend([0, 0, 0, 1, 0, 0, 0, 0]);
    request.extend(u32::try_from(batch.len()).unwrap().to_be_bytes());
    request.extend(batch);
    let mut stream = TcpStream::connect(bootstrap_servers).unwrap();
    stream.write_all(&u32::try_from(request.len()).unwrap().to_be_bytes()).unwrap();
    stream.write_all(&request).unwrap();
    let mut length = [0; 4];
    stream.read_exact(&mut length).unwrap();
    let mut answer = vec![0; u32::from_be_bytes(length) as usize];
    stream.read_exact(&mut answer).unwrap();
    // Correlation id, one topic with its name, one partition with its number; then the error.
    let error = 4 + 4 + 2 + topic.len() + 4 + 4;
    assert_eq!(answer[error..error + 2], [0, 0], "the broker has refused the record");
}

/// A batch of one record, as Kafka has them since version 2 of the format.
fn batch(value: &[u8], header: &[u8], timestamp_ms: i64) -> Vec<u8> {
    // Attributes, timestamp and offset beside the batch's, no key, the value, and one header with an empty value.
    let mut record = vec![0, 0, 0, 1, short(value.len())];
    record.extend(value);
    record.extend([short(1), short(header.len())]);
    record.extend(header);
    record.push(0);
    let mut checked = vec![0; 6];
    checked.extend(timestamp_ms.to_be_bytes());
    checked.extend(timestamp_ms.to_be_bytes());
    // No producer id, epoch or sequence.
    checked.extend([0xff; 14]);
    checked.extend(1_i32.to_be_bytes());
    checked.push(short(record.len()));
    checked.extend(record);
    let mut batch = vec![0; 8];
    // The length counts from here on: leader epoch, magic, checksum, and what is checked.
    batch.extend(u32::try_from(4 + 1 + 4 + checked.len()).unwrap().to_be_bytes());
    batch.extend([0xff, 0xff, 0xff, 0xff, 2]);
    batch.extend(crc32c(&checked).to_be_bytes());
    batch.extend(checked);
    batch
}

/// A small length as Kafka's zigzag number of one byte.
fn short(length: usize) -> u8 {
    assert!(length < 64);
    u8::try_from(length * 2).unwrap()
}

fn crc32c(bytes: &[u8]) -> u32 {
    let step = |crc: u32, byte: &u8| {
        (0..8).fold(crc ^ u32::from(*byte), |crc, _| (crc >> 1) ^ (0x82f6_3b78 & 0_u32.wrapping_sub(crc & 1)))
    };
    !bytes.iter().fold(!0, step)
}
