//! The source format `freeswitch_callcenter`.

use crate::native::NativeSink;
use crate::{Mapping, Record};

pub(crate) fn read(record: &Record<'_>, mapping: &Mapping, sink: &mut dyn NativeSink) {
    let _ = (record, mapping);
    sink.unknown_type();
}
