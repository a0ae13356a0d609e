//! The table of a source that is named as its format: what only that format needs.

use ensilinja_wire::{Format, FormatRules, WaitFrom};

use crate::error::ConfigError;
use crate::line::Line;
use crate::section::Section;
use crate::source::{amazon_connect, asterisk, freeswitch_callcenter, generic_json, genesys_cloud, twilio_taskrouter};

/// The key of the format's own table, if it has one.
pub(super) const fn keys(format: Format) -> &'static [&'static str] {
    match format {
        Format::AsteriskQueueLog => &["asterisk_queue_log"],
        Format::AsteriskAmi => &["asterisk_ami"],
        Format::AmazonConnect => &[amazon_connect::TABLE],
        Format::GenesysCloud => &[genesys_cloud::TABLE],
        Format::FreeswitchCallcenter => &[freeswitch_callcenter::TABLE],
        Format::Json => &[generic_json::TABLE],
        Format::TwilioTaskrouter => &[twilio_taskrouter::TABLE],
        Format::CloudEvents => &[],
    }
}

/// Reads the format's own table.
pub(super) fn read(
    section: &Section<'_>,
    format: Format,
    wait_from: WaitFrom,
    lines: &[Line],
) -> Result<FormatRules, ConfigError> {
    Ok(match format {
        Format::AsteriskQueueLog | Format::AsteriskAmi => {
            FormatRules::Asterisk(asterisk::read(section, format, wait_from)?)
        }
        Format::AmazonConnect => FormatRules::AmazonConnect(amazon_connect::read(section)?),
        Format::GenesysCloud => FormatRules::GenesysCloud(genesys_cloud::read(section, lines)?),
        Format::FreeswitchCallcenter => FormatRules::FreeswitchCallcenter(freeswitch_callcenter::read(section)?),
        Format::Json => FormatRules::Json(generic_json::read(section)?),
        Format::TwilioTaskrouter => FormatRules::TwilioTaskrouter(twilio_taskrouter::read(section, lines)?),
        Format::CloudEvents => FormatRules::None,
    })
}
