//! What a value looks like. A reader refuses a record of another format for whatever it lacks first, which tells
//! nothing. So after a failure a cheap look names the format that the value seems to have.

use crate::Format;
use crate::asterisk::is_log_word;

/// How much of a value is looked at, in bytes.
const LOOKED_AT: usize = 16 * 1024;

/// Texts that only records of a format have, in lower case and without spaces. The first format counts that has one:
/// events of Twilio are `CloudEvents` as well, and those of Genesys come from Amazon's `EventBridge`.
const SIGNS: [(Format, &[&str]); 6] = [
    (
        Format::TwilioTaskrouter,
        &["com.twilio.taskrouter", "taskrouter.wdsevent", "\"tasksid\"", "&tasksid=", "\"task_sid\""],
    ),
    (Format::GenesysCloud, &["v2.detail.events.", "genesys.com", "\"conversationid\""]),
    (
        Format::AmazonConnect,
        &[
            "aws.connect",
            "amazonconnect",
            "\"awscontacttracerecordformatversion\"",
            "\"initiationmethod\"",
            "\"agentarn\"",
        ],
    ),
    (
        Format::FreeswitchCallcenter,
        &["callcenter::info", "callcenter%3a%3ainfo", "cc-action", "cc_action", "cc-queue", "cc_queue"],
    ),
    (Format::CloudEvents, &["\"specversion\"", "fi.ensilinja.contact."]),
    (Format::AsteriskQueueLog, &["\"queuename\""]),
];

/// Texts of AMI events, which have short names: at least two of them belong together.
const SIGNS_OF_AMI: [&str; 8] = [
    "{\"event\":\"",
    "\"uniqueid\":\"",
    "\"linkedid\":\"",
    "\"interface\":\"",
    "\"membername\":\"",
    "\"timestamp\":\"1",
    "event:queue",
    "uniqueid:",
];

impl Format {
    /// The format that a value seems to have, by a cheap look; `None` if it does not look like any that has signs of
    /// its own. Every record of the format [`Json`](Self::Json) may be that of some platform, so it is never named.
    #[must_use]
    pub fn resembled_by(value: &[u8]) -> Option<Self> {
        let text = String::from_utf8_lossy(&value[..value.len().min(LOOKED_AT)]);
        if has_log_line(&text) {
            return Some(Self::AsteriskQueueLog);
        }
        let text: String = text.chars().filter(|c| !c.is_ascii_whitespace()).collect::<String>().to_ascii_lowercase();
        let found = SIGNS.iter().find(|(_, signs)| signs.iter().any(|sign| text.contains(sign)));
        let is_ami = || SIGNS_OF_AMI.iter().filter(|sign| text.contains(**sign)).count() >= 2;
        found.map(|(format, _)| *format).or_else(|| is_ami().then_some(Self::AsteriskAmi))
    }
}

/// Whether a text holds a line of `queue_log`: at least five fields, of which a later one is a word of the log; or the
/// first ends with a second and a later one is a word such as a site writes.
fn has_log_line(text: &str) -> bool {
    text.lines().take(3).any(|line| {
        let seconds = line.split('|').next().unwrap_or_default().bytes().rev().take_while(u8::is_ascii_digit).count();
        let is_word = |word: &str| {
            word.len() > 2
                && word.bytes().all(|byte| byte.is_ascii_uppercase() || byte.is_ascii_digit() || byte == b'_')
        };
        line.split('|').skip(4).any(|word| is_log_word(word) || (seconds >= 9 && is_word(word)))
    })
}

#[cfg(test)]
mod tests {
    use std::path::Path;

    use ensilinja_model::{EventTime, Fact, LineId};

    use super::*;
    use crate::{Decoder, Mapping, Reason, Record, Statement, encode_structured};

    /// The lines of all samples in the folder whose names begin so and end so.
    #[expect(clippy::disallowed_methods, reason = "a test reads its samples")]
    fn samples(folder: &str, begin: &str, end: &str) -> Vec<String> {
        let folder = Path::new(env!("CARGO_MANIFEST_DIR")).join("samples").join(folder);
        let files = std::fs::read_dir(folder).unwrap().map(|entry| entry.unwrap().path());
        let has_name = |path: &Path| {
            let name = path.file_name().unwrap().to_str().unwrap();
            name.starts_with(begin) && name.ends_with(end) && name != "truth.jsonl"
        };
        let texts = files.filter(|path| has_name(path)).map(|path| std::fs::read_to_string(path).unwrap());
        texts.flat_map(|text| text.lines().map(str::to_owned).collect::<Vec<_>>()).collect()
    }

    fn event() -> String {
        let line = LineId::parse("mipa").unwrap();
        let at = EventTime::from_seconds(1_758_006_900);
        let statement = Statement { contact: "c-1", line: &line, visit: None, to_line: None, at, fact: Fact::Offered };
        String::from_utf8(encode_structured(&statement).value).unwrap()
    }

    fn records() -> Vec<(Format, Vec<String>)> {
        let of_platform = |format: Format| samples("", &format.as_str().replace('_', "-"), ".jsonl");
        let platforms =
            [Format::AmazonConnect, Format::GenesysCloud, Format::FreeswitchCallcenter, Format::TwilioTaskrouter];
        let mut records: Vec<_> = platforms.into_iter().map(|format| (format, of_platform(format))).collect();
        records.push((Format::AsteriskQueueLog, samples("asterisk", "", ".queue_log")));
        records.push((Format::AsteriskAmi, samples("asterisk", "", ".ami.jsonl")));
        records.push((Format::CloudEvents, vec![event()]));
        records
    }

    #[test]
    fn a_record_that_the_reader_of_another_format_refuses_is_named_for_all_pairs() {
        let lines = [LineId::parse("mipa").unwrap()];
        let mut refused = 0;
        for (format, records) in records() {
            assert!(!records.is_empty(), "{format:?}");
            for other in Format::ALL.iter().copied().filter(|other| *other != format) {
                let decoder = Decoder::of_source(&lines, [7; 16], Mapping::of(other));
                for record in &records {
                    let wrong = decoder.read(&Record::of_value(record.as_bytes()), &mut Vec::new());
                    if wrong.is_err_and(|wrong| wrong.reason == Reason::Malformed) {
                        refused += 1;
                        assert_eq!(Format::resembled_by(record.as_bytes()), Some(format), "{other:?}: {record}");
                    }
                }
            }
        }
        assert!(refused > 1_000, "{refused}");
    }

    #[test]
    fn lines_that_shippers_wrap_are_recognized_and_other_text_is_not() {
        let line = "1795957099|1795957099.198|q_one|NONE|ENTERQUEUE||1041|1";
        for value in [
            format!("2026-11-29T15:09:37+02:00 pbx1 queue_log {line}"),
            format!("{{\"message\": \"{line}\", \"host\": \"pbx1\"}}"),
            format!("[{{\"log\": \"{line}\\n\"}}]"),
            r#"{"time": "2026-11-29 15:09:37", "callid": "1.2", "queuename": "q_one", "event": "CONNECT"}"#.to_owned(),
        ] {
            assert_eq!(Format::resembled_by(value.as_bytes()), Some(Format::AsteriskQueueLog), "{value}");
        }
        let headers = "Event: QueueCallerJoin\r\nUniqueid: 1.2\r\nQueue: q_one\r\n";
        assert_eq!(Format::resembled_by(headers.as_bytes()), Some(Format::AsteriskAmi));
        for value in
            ["", "no json", "{\"id\": 1}", "a|b|c|d|e", "<xml/>", "{\"event\": \"queue opened\", \"queue\": \"a\"}"]
        {
            assert_eq!(Format::resembled_by(value.as_bytes()), None, "{value}");
        }
    }
}
