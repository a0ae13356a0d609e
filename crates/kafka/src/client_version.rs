//! The versions of the parts that talk to brokers.

/// The versions of librdkafka and OpenSSL, as in `librdkafka 2.12.1, OpenSSL 3.5.4 30 Sep 2025`.
#[must_use]
pub fn client_version() -> String {
    let (_, librdkafka) = rdkafka::util::get_rdkafka_version();
    format!("librdkafka {librdkafka}, {}", openssl::version::version())
}
