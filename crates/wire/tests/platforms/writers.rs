//! How each platform writes a call: one function a platform.

mod amazon_connect;
mod asterisk_ami;
mod freeswitch;
mod generic_json;
mod genesys_cloud;
mod twilio;

use ensilinja_model::{EventTime, Fact};
use jiff::Timestamp;

use crate::calls::Telling;
use crate::platform::Platform;
use crate::queue_log;

/// All platforms.
pub const PLATFORMS: [Platform; 7] = [
    Platform {
        format: "asterisk_queue_log",
        telling: queue_log::TELLING,
        records: queue_log::lines,
        keys: "",
        tables: "[source.exits]\n\"key.1\" = \"transferred\"\n\"key.2\" = \"callback_requested\"",
    },
    asterisk_ami::PLATFORM,
    amazon_connect::PLATFORM,
    genesys_cloud::PLATFORM,
    freeswitch::PLATFORM,
    twilio::PLATFORM,
    generic_json::PLATFORM,
];

/// Facts that every platform can tell.
const fn is_of_a_stay(fact: Fact) -> bool {
    matches!(fact, Fact::Offered | Fact::Answered | Fact::Abandoned(_) | Fact::Transferred | Fact::Ended)
}

/// A platform that tells every fact to the millisecond.
const fn exact(tells: fn(Fact) -> bool) -> Telling {
    Telling { tells, dated: |at, _| at }
}

fn second_of(at: EventTime) -> EventTime {
    EventTime::from_seconds(at.floor_second())
}

/// An instant as most platforms write it: `2025-09-08T05:00:00.120Z`.
fn rfc3339(at: EventTime) -> String {
    let at = Timestamp::from_millisecond(at.as_millis()).expect("an instant of the county");
    format!("{at:.3}")
}
