//! The metadata strings of committed offsets, as bytes: rdkafka panics at a string that is not UTF-8, and any program
//! may have committed one.

use std::slice;

use rdkafka::TopicPartitionList;

/// The metadata of each element of `list`, in the order of the list; empty where there is none.
#[must_use]
pub fn commit_metadata(list: &TopicPartitionList) -> Vec<Vec<u8>> {
    // SAFETY: the list is borrowed, so its C object is alive and not changed until this function returns.
    let list = unsafe { &*list.ptr() };
    let count = usize::try_from(list.cnt).unwrap_or(0);
    if count == 0 || list.elems.is_null() {
        return Vec::new();
    }
    // SAFETY: `elems` is an array of `cnt` elements that belongs to the list.
    let elements = unsafe { slice::from_raw_parts(list.elems, count) };
    let metadata = |element: &rdkafka_sys::rd_kafka_topic_partition_t| {
        if element.metadata.is_null() || element.metadata_size == 0 {
            return Vec::new();
        }
        // SAFETY: `metadata` is not null and points to `metadata_size` bytes that belong to the element.
        unsafe { slice::from_raw_parts(element.metadata.cast::<u8>(), element.metadata_size) }.to_vec()
    };
    elements.iter().map(metadata).collect()
}

#[cfg(test)]
mod tests {
    use rdkafka::Offset;

    use super::*;

    #[test]
    fn each_element_has_its_own_metadata_or_none() {
        let mut list = TopicPartitionList::new();
        assert_eq!(commit_metadata(&list), Vec::<Vec<u8>>::new());
        list.add_partition_offset("events", 0, Offset::Offset(5)).unwrap();
        list.add_partition_offset("events", 1, Offset::Offset(7)).unwrap();
        list.find_partition("events", 1).unwrap().set_metadata("of a topic");
        assert_eq!(commit_metadata(&list), [b"".to_vec(), b"of a topic".to_vec()]);
    }
}
