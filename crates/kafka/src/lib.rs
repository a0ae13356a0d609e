//! The Kafka shell: reads every partition, says how complete the reading is, and keeps what cannot be read.
