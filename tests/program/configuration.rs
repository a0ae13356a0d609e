//! A wrong configuration is refused before anything is started, in one line with the place, the value and the remedy;
//! a right one becomes the rules.

use std::net::TcpListener;

use ensilinja_calendar::{DeadlineTime, Term};
use ensilinja_catalogue::Target;
use ensilinja_config::{Config, HostName, Line, LogFormat, LogLevel};
use ensilinja_ledger::{Indicator, Promises, ServiceLevel, Verdict};
use ensilinja_model::{Channel, EventTime};
use ensilinja_sim::County;
use ensilinja_test_support::TemporaryFolder;

use crate::command_line::{command, run, run_command};

const GOOD: &str = r#"time_zone = "Europe/Helsinki"

[server]
listen = "127.0.0.1:9464"

[log]
format = "json"
level = "debug"

[kafka]
brokers = "kafka-1:9092, kafka-2:9092"
topic = "contacts"

[kafka.properties]
security.protocol = "SASL_PLAINTEXT"
"sasl.mechanism" = "PLAIN"
sasl.username = "u"
sasl.password = "hunter2"
socket.keepalive.enable = true

[defaults]
threshold = "1m 30s"

[[line]]
id = "mipa"
channel = "phone"
name = { fi = "Mipä", sv = "Mental hälsa" }
group = "health"
service_area = "Forssa"
hours = "Mo-Fr 08:00-15:00; PH off"
short_abandon = "3s"

[[line]]
id = "viestit"
channel = "sms"
name.fi = "Viestit"
group = "health"
service_area = "Forssa"
hours = "24/7"
"#;

/// 2025-09-16 10:15 in Helsinki.
const TUESDAY_10_15: i64 = 1_758_006_900;

/// A text of the good configuration, its replacement, and the whole message that follows.
#[rustfmt::skip]
const REFUSED: &[(&str, &str, &str)] = &[
    // Not TOML.
    ("[log]", "[log", "6:5: is not TOML: unclosed table, expected `]`"),
    (r#""mipa""#, "mipa", "25:6: is not TOML: string values must be quoted, expected literal string"),
    ("group = \"health\"\nservice_area = \"Forssa\"\nhours = \"24/7\"", r#"id = "again""#, "37:1: is not TOML: duplicate key"),
    // Keys.
    ("listen", "lisen", "4: server.lisen is unknown; did you mean listen? Known here: listen, allowed_hosts, frame_ancestors, contacts, grafana_url, runbook_url, web_config_file, board_users, contacts_users, memory_limit"),
    ("[log]", "contacts = \"yes\"\n[log]", r#"6: server.contacts is "yes"; it should be true or false"#),
    ("[server]", "[servers]", "3: servers is unknown; did you mean server? Known here: server, log, kafka, time_zone, defaults, group, target, line, shard, source"),
    ("format", "colour", "7: log.colour is unknown; known here: format, level"),
    ("short_abandon", "short_abandons", "31: line[mipa].short_abandons is unknown; did you mean short_abandon? Known here: id, channel, name, group, service_area, hours, short_abandon, threshold, orphan_after, give_up_working_days, wait_from, timed_out, promise, service_level, target, alert_floor, change"),
    (r#"threshold = "1m 30s""#, "sms_orphan_after = 5", r#"22: defaults.sms_orphan_after is 5; it should be a duration from "1m" to "7d", such as "5s", "2m", "24h" or "3d""#),
    ("short_abandon", "sms_orphan_after", "31: line[mipa].sms_orphan_after is unknown; did you mean orphan_after? Known here: id, channel, name, group, service_area, hours, short_abandon, threshold, orphan_after, give_up_working_days, wait_from, timed_out, promise, service_level, target, alert_floor, change"),
    ("sv = ", "se = ", "27: line[mipa].name.se is unknown; did you mean sv? Known here: fi, sv, en"),
    ("brokers = \"kafka-1:9092, kafka-2:9092\"\n", "", r#"10: kafka.brokers is missing; it should be one or more host:port with commas between them, such as "kafka-1:9092,kafka-2:9092""#),
    ("channel = \"sms\"\n", "", r#"33: line[viestit].channel is missing; it should be one of "phone", "chat", "sms""#),
    ("id = \"viestit\"\n", "", r#"33: line[#2].id is missing; it should be 1 to 40 of a-z, 0-9 and _, such as "mipa_chat""#),
    // Types.
    ("[log]", "web_config_file = \"\"\n[log]", r#"6: server.web_config_file is ""; it should be the path of a web configuration file, such as "/etc/ensilinja/web.yml""#),
    (r#""127.0.0.1:9464""#, "9464", r#"4: server.listen is 9464; it should be an IP address and a port, such as "127.0.0.1:9464" or "0.0.0.0:9464""#),
    (r#""1m 30s""#, "90", r#"22: defaults.threshold is 90; it should be a duration from "1s" to "24h", such as "5s", "2m", "24h" or "3d""#),
    (r#"name.fi = "Viestit""#, r#"name = "Viestit""#, r#"36: line[viestit].name is "Viestit"; it should be a table with fi, sv, en"#),
    ("[defaults]\nthreshold = \"1m 30s\"", "[[defaults]]", "21: defaults is a list; it should be a table with short_abandon, threshold, orphan_after, sms_orphan_after, give_up_working_days, wait_from, timed_out, promise, service_level, target, alert_floor"),
    ("[[line]]\nid = \"viestit\"", "[lines]\nid = \"viestit\"", "33: lines is unknown; did you mean line? Known here: server, log, kafka, time_zone, defaults, group, target, line, shard, source"),
    // Values.
    ("Europe/Helsinki", "Helsinki", r#"1: time_zone is "Helsinki"; it should be the name of a time zone in the IANA database, such as "Europe/Helsinki""#),
    ("127.0.0.1:9464", "localhost:9464", r#"4: server.listen is "localhost:9464"; it should be an IP address and a port, such as "127.0.0.1:9464" or "0.0.0.0:9464""#),
    ("[log]", "allowed_hosts = \"boards.example\"\n[log]", r#"6: server.allowed_hosts is "boards.example"; it should be a list of the names by which browsers open the board, such as ["boards.example"]; without the key, any name"#),
    ("[log]", "allowed_hosts = []\n[log]", r#"6: server.allowed_hosts is an empty list; it should be a list of the names by which browsers open the board, such as ["boards.example"]; without the key, any name"#),
    ("[log]", "allowed_hosts = [\"a\",\n\"http://b\"]\n[log]", r#"7: server.allowed_hosts is "http://b"; it should be a name of a host without scheme, port or path, such as "boards.example""#),
    ("[log]", "allowed_hosts = [\"a:80\"]\n[log]", r#"6: server.allowed_hosts is "a:80"; it should be a name of a host without scheme, port or path, such as "boards.example""#),
    ("[log]", "frame_ancestors = []\n[log]", r#"6: server.frame_ancestors is an empty list; it should be a list of the origins whose pages may show the board in a frame, such as ["https://intranet.example"]; without the key, none may"#),
    ("[log]", "frame_ancestors = [\"intranet.example\"]\n[log]", r#"6: server.frame_ancestors is "intranet.example"; it should be "self", or the origin of a page: "https://intranet.example", with a port if it has one, or "https://*.example" for all names below; no path"#),
    ("[log]", "allowed_hosts = [80]\n[log]", r#"6: server.allowed_hosts is 80; it should be a name of a host without scheme, port or path, such as "boards.example""#),
    ("[log]", "grafana_url = \"https://grafana.example\"\n[log]", r#"6: server.grafana_url is "https://grafana.example"; it should be an http or https address with {line} in the place of a line's id, such as "https://grafana.example/d/ensilinja-linja?var-line={line}""#),
    ("[log]", "runbook_url = \"javascript:{alert}\"\n[log]", r#"6: server.runbook_url is "javascript:{alert}"; it should be an http or https address with {alert} in the place of an alert's name, such as "https://wiki.example/runbooks/{alert}""#),
    (r#""json""#, r#""JSON""#, r#"7: log.format is "JSON"; it should be one of "text", "json""#),
    (r#""debug""#, r#""verbose""#, r#"8: log.level is "verbose"; it should be one of "error", "warn", "info", "debug", "trace""#),
    ("kafka-2:9092", "kafka-2", r#"11: kafka.brokers is "kafka-1:9092, kafka-2"; it should be one or more host:port with commas between them, such as "kafka-1:9092,kafka-2:9092""#),
    (r#""contacts""#, r#""contacts/all""#, r#"12: kafka.topic is "contacts/all"; it should be a topic of 1 to 249 of a-z, A-Z, 0-9, dot, _ and -, such as "ensilinja.events""#),
    (r#""contacts""#, r#""ensilinja.dead-letters""#, r#"12: kafka.topic is "ensilinja.dead-letters"; it should be another topic: dead letters would be read as events"#),
    (r#""contacts""#, "\"a\"\ndead_letters = \"a\"", r#"13: kafka.dead_letters is "a"; it should be another topic: dead letters would be read as events"#),
    (r#""contacts""#, "\"a\"\ngroup = \"\"", r#"13: kafka.group is ""; it should be a consumer group of 1 to 249 characters, such as "ensilinja""#),
    ("Mipä", "", r#"27: line[mipa].name.fi is ""; it should be a text of 1 to 100 characters"#),
    (r#"id = "mipa""#, r#"id = "Mipä""#, r#"25: line[#1].id is "Mipä"; it should be 1 to 40 of a-z, 0-9 and _, such as "mipa_chat""#),
    (r#""viestit""#, r#""mipa""#, r#"34: line[#2].id is "mipa"; it should be an id of its own: the line at ensilinja.toml:25 has this one"#),
    (r#""sms""#, r#""text""#, r#"35: line[viestit].channel is "text"; it should be one of "phone", "chat", "sms""#),
    ("Mo-Fr 08:00-15:00; PH off", "Mo-Fr 8-15", r#"30: line[mipa].hours is "Mo-Fr 8-15"; it should be opening hours: `Mo-Fr 8-15` is not understood from `8-15` on; write it like `Mo-Fr 08:00-16:00; PH off; Dec 24 off`"#),
    ("Mo-Fr 08:00-15:00; PH off", "Mo-Fr off", r#"30: line[mipa].hours is "Mo-Fr off"; it should be opening hours: `Mo-Fr off` is never open; write hours such as `Mo-Fr 08:00-16:00`, or leave the line out"#),
    // Limits.
    (r#""1m 30s""#, r#""0s""#, r#"22: defaults.threshold is "0s"; it should be a duration from "1s" to "24h", such as "5s", "2m", "24h" or "3d""#),
    (r#""1m 30s""#, r#""25h""#, r#"22: defaults.threshold is "25h"; it should be a duration from "1s" to "24h", such as "5s", "2m", "24h" or "3d""#),
    (r#""1m 30s""#, r#""soon""#, r#"22: defaults.threshold is "soon"; it should be a duration from "1s" to "24h", such as "5s", "2m", "24h" or "3d""#),
    (r#""1m 30s""#, r#""-5m""#, r#"22: defaults.threshold is "-5m"; it should be a duration from "1s" to "24h", such as "5s", "2m", "24h" or "3d""#),
    (r#""1m 30s""#, r#""1.5ms""#, r#"22: defaults.threshold is "1.5ms"; it should be a duration from "1s" to "24h", such as "5s", "2m", "24h" or "3d""#),
    (r#""1m 30s""#, "\"2m\"\nshort_abandon = \"2m\"", r#"23: defaults.short_abandon is "2m"; it should be shorter than threshold (2m)"#),
    (r#""3s""#, r#""90s""#, r#"31: line[mipa].short_abandon is "90s"; it should be shorter than threshold (1m 30s)"#),
    (r#""1m 30s""#, r#""2s""#, r#"22: defaults.threshold is "2s"; it should be longer than short_abandon (5s)"#),
    (r#"short_abandon = "3s""#, r#"threshold = "5s""#, r#"31: line[mipa].threshold is "5s"; it should be longer than short_abandon (5s)"#),
    (r#"short_abandon = "3s""#, r#"orphan_after = "80s""#, r#"31: line[mipa].orphan_after is "80s"; it should be longer than threshold (1m 30s)"#),
    (r#"short_abandon = "3s""#, r#"orphan_after = "10d""#, r#"31: line[mipa].orphan_after is "10d"; it should be a duration from "1m" to "7d", such as "5s", "2m", "24h" or "3d""#),
    (r#"short_abandon = "3s""#, r#"wait_from = "menu""#, r#"31: line[mipa].wait_from is "menu"; it should be one of "arrival", "queue""#),
    (r#"short_abandon = "3s""#, "[[line.change]]\nvalid_from = 2026-01-01\nwait_from = \"arrival\"", "32: line[mipa].change[#1].valid_from is 2026-01-01; it should be the date of a change: name what differs from then on, of hours, short_abandon, threshold, orphan_after, give_up_working_days, wait_from, timed_out, promise"),
    (r#"short_abandon = "3s""#, r#"timed_out = "moved""#, r#"31: line[mipa].timed_out is "moved"; it should be one of "counts", "left_out""#),
    (r#"short_abandon = "3s""#, "give_up_working_days = 0", "31: line[mipa].give_up_working_days is 0; it should be a whole number from 1 to 30"),
    (r#"short_abandon = "3s""#, "give_up_working_days = 2.5", "31: line[mipa].give_up_working_days is 2.5; it should be a whole number from 1 to 30"),
    (r#"short_abandon = "3s""#, "give_up_working_days = 30", "31: line[mipa].give_up_working_days is 30; it should be fewer: with orphan_after (24h) and 30 working days a contact can live 51 days, and 49 is the most"),
    (r#"threshold = "1m 30s""#, "give_up_working_days = 29\nsms_orphan_after = \"7d\"", "22: defaults.give_up_working_days is 29; it should be fewer: with orphan_after (24h) and 29 working days a contact can live 50 days, and 49 is the most"),
    // Promises.
    (r#"short_abandon = "3s""#, r#"promise.answers = "10m""#, "31: line[mipa].promise.answers is unknown; did you mean answer? Known here: answer, callback, abandoned"),
    (r#"short_abandon = "3s""#, r#"promise = "10m""#, r#"31: line[mipa].promise is "10m"; it should be a table with answer, callback, abandoned"#),
    (r#"short_abandon = "3s""#, r#"promise.answer = "0m""#, r#"31: line[mipa].promise.answer is "0m"; it should be a duration from "1s" to "30d", such as "10m", or "30m open" of open time, or "same day", "next working day", "3 working days", "next open day" or "2 open days", each perhaps with " by closing", or "none""#),
    (r#"short_abandon = "3s""#, r#"promise.callback = "31 working days""#, r#"31: line[mipa].promise.callback is "31 working days"; it should be a duration from "1s" to "30d", such as "10m", or "30m open" of open time, or "same day", "next working day", "3 working days", "next open day" or "2 open days", each perhaps with " by closing", or "none""#),
    (r#"short_abandon = "3s""#, "promise.callback = \"same day\"\npromise.abandoned = \"kept\"", r#"32: line[mipa].promise.abandoned is "kept"; it should be one of "broken", "void""#),
    (r#"short_abandon = "3s""#, r#"promise.abandoned = "void""#, r#"31: line[mipa].promise.abandoned is "void"; it should be left out, because the line promises nothing"#),
    (r#"short_abandon = "3s""#, r#"promise.answer = "24h""#, r#"31: line[mipa].promise.answer is "24h"; it should be shorter: after orphan_after (24h) a waiting contact is orphaned"#),
    (r#"short_abandon = "3s""#, r#"promise.answer = "same day""#, r#"31: line[mipa].promise.answer is "same day"; it should be shorter: "same day" can take up to 6 days here, and after orphan_after (24h) a waiting contact is orphaned"#),
    (r#"short_abandon = "3s""#, r#"promise.answer = "8h open""#, r#"31: line[mipa].promise.answer is "8h open"; it should be shorter: "8h open" can take up to 6 days here, and after orphan_after (24h) a waiting contact is orphaned"#),
    (r#"threshold = "1m 30s""#, r#"promise.answer = "2d""#, r#"22: defaults.promise.answer is "2d"; it should be shorter: after orphan_after (24h) a waiting contact is orphaned"#),
    (r#"threshold = "1m 30s""#, r#"promise.answer = "8h open""#, r#"30: line[mipa].hours is "Mo-Fr 08:00-15:00; PH off"; it should be open more often: "8h open" can take up to 6 days here, and after orphan_after (24h) a waiting contact is orphaned"#),
    (r#"short_abandon = "3s""#, "promise.answer = \"1h\"\norphan_after = \"1h\"", r#"31: line[mipa].promise.answer is "1h"; it should be shorter: after orphan_after (1h) a waiting contact is orphaned"#),
    (r#"short_abandon = "3s""#, r#"promise.callback = "30 working days""#, r#"31: line[mipa].promise.callback is "30 working days"; it should be shorter: with orphan_after (24h), a callback promised for "30 working days" (up to 50 days) and 5 working days a contact can live 64 days, and 49 is the most"#),
    ("hours = \"Mo-Fr 08:00-15:00; PH off\"\nshort_abandon = \"3s\"", "hours = \"Jun-Aug Mo-Fr 08:00-15:00\"\npromise.callback = \"same day\"", r#"31: line[mipa].promise.callback is "same day"; it should be shorter: with orphan_after (24h), a callback promised for "same day" (up to 278 days) and 5 working days a contact can live 292 days, and 49 is the most"#),
    ("hours = \"Mo-Fr 08:00-15:00; PH off\"\nshort_abandon = \"3s\"", "hours = \"2025-2026 Mo-Fr 08:00-15:00\"\npromise.callback = \"2 open days\"", r#"31: line[mipa].promise.callback is "2 open days"; it should be shorter: with orphan_after (24h), a callback promised for "2 open days" (up to 8403 days) and 5 working days a contact can live 8417 days, and 49 is the most"#),
    // Goals.
    (r#"short_abandon = "3s""#, r#"service_level = "80/20""#, r#"31: line[mipa].service_level is "80/20"; it should be one of "only_handled", "without_abandon", "positive_abandon", "negative_abandon""#),
    (r#"short_abandon = "3s""#, "target.promise = 1.0", "31: line[mipa].target.promise is unknown; known here: answered_live, callback_reached, service, service_level, promise_kept, first_contact_resolution, handled_in_contact, continues_in_county_services, continues_in_hyte_services, knows_how_care_continues, got_a_solution, coverage"),
    (r#"short_abandon = "3s""#, "target.promise_kept = 95", "31: line[mipa].target.promise_kept is 95; it should be a share from 0 to 1, such as 0.8"),
    (r#"short_abandon = "3s""#, "target.promise_kept = nan", "31: line[mipa].target.promise_kept is nan; it should be a share from 0 to 1, such as 0.8"),
    (r#"short_abandon = "3s""#, "target.promise_kept = 0.7", "31: line[mipa].target.promise_kept is 0.7; it should be at least alert_floor.promise_kept (0.8)"),
    (r#"short_abandon = "3s""#, "alert_floor.first_contact_resolution = 0.9", "31: line[mipa].alert_floor.first_contact_resolution is 0.9; it should be at most target.first_contact_resolution (0.8)"),
    // Changes by date.
    (r#"short_abandon = "3s""#, "change = []", "31: line[mipa].change is an empty list; it should be a list of [[line.change]] tables, each with valid_from and what changes"),
    (r#"short_abandon = "3s""#, "[line.change]\nthreshold = \"3m\"", "31: line[mipa].change is a table; it should be a list of [[line.change]] tables, each with valid_from and what changes"),
    (r#"short_abandon = "3s""#, "[[line.change]]\nthreshold = \"3m\"", "31: line[mipa].change[#1].valid_from is missing; it should be a date from 2020-01-02 to 2049-12-31, without quotes, such as 2026-01-01"),
    (r#"short_abandon = "3s""#, "[[line.change]]\nvalid_from = \"2026-01-01\"", r#"32: line[mipa].change[#1].valid_from is "2026-01-01"; it should be a date from 2020-01-02 to 2049-12-31, without quotes, such as 2026-01-01"#),
    (r#"short_abandon = "3s""#, "[[line.change]]\nvalid_from = 2026-01-01T08:00:00", "32: line[mipa].change[#1].valid_from is 2026-01-01T08:00:00; it should be a date from 2020-01-02 to 2049-12-31, without quotes, such as 2026-01-01"),
    (r#"short_abandon = "3s""#, "[[line.change]]\nvalid_from = 2026-01-01\ntarget.promise_kept = 1.0", "33: line[mipa].change[#1].target is unknown; known here: valid_from, hours, short_abandon, threshold, orphan_after, give_up_working_days, wait_from, timed_out, promise"),
    (r#"short_abandon = "3s""#, "[[line.change]]\nvalid_from = 2026-01-01", "32: line[mipa].change[#1].valid_from is 2026-01-01; it should be the date of a change: name what differs from then on, of hours, short_abandon, threshold, orphan_after, give_up_working_days, wait_from, timed_out, promise"),
    (r#"short_abandon = "3s""#, "[[line.change]]\nvalid_from = 2026-01-01\nthreshold = \"90s\"\nhours = \"Mo-Fr 08:00-15:00; PH off\"", "32: line[mipa].change[#1].valid_from is 2026-01-01; it should be the date of a change: name what differs from then on, of hours, short_abandon, threshold, orphan_after, give_up_working_days, wait_from, timed_out, promise"),
    (r#"short_abandon = "3s""#, "[[line.change]]\nvalid_from = 2026-03-01\nthreshold = \"2m\"\n[[line.change]]\nvalid_from = 2026-03-01\nthreshold = \"3m\"", "35: line[mipa].change[#2].valid_from is 2026-03-01; it should be after 2026-03-01, the date of the change before it"),
    (r#"short_abandon = "3s""#, "[[line.change]]\nvalid_from = 2026-03-01\nthreshold = \"2m\"\n[[line.change]]\nvalid_from = 2026-02-01\nthreshold = \"3m\"", "35: line[mipa].change[#2].valid_from is 2026-02-01; it should be after 2026-03-01, the date of the change before it"),
    (r#"short_abandon = "3s""#, "[[line.change]]\nvalid_from = 2026-03-01\nthreshold = \"4s\"", r#"33: line[mipa].change[#1].threshold is "4s"; it should be longer than short_abandon (5s)"#),
    (r#"short_abandon = "3s""#, "promise.callback = \"next open day\"\n[[line.change]]\nvalid_from = 2026-03-01\nhours = \"Jun-Aug Mo-Fr 08:00-15:00\"", r#"34: line[mipa].change[#1].hours is "Jun-Aug Mo-Fr 08:00-15:00"; it should be open more often: with orphan_after (24h), a callback promised for "next open day" (up to 278 days) and 5 working days a contact can live 292 days, and 49 is the most"#),
    // Settings of librdkafka, and those that are not for operators.
    ("socket.keepalive.enable", "socket.keepalive.enabled", r#"19: kafka.properties.socket.keepalive.enabled is set; librdkafka refuses it: No such configuration property: "socket.keepalive.enabled""#),
    (r#""SASL_PLAINTEXT""#, r#""TLS""#, r#"15: kafka.properties.security.protocol is set; librdkafka refuses it: Invalid value "TLS" for configuration property "security.protocol""#),
    (r#"sasl.password = "hunter2""#, r#"sasl.password = ["hunter2"]"#, "18: kafka.properties.sasl.password is set; it should be a text, a whole number, true or false"),
    ("sasl.username", "group.id", "17: kafka.properties.group.id is set; leave it out: kafka.group sets it"),
    ("sasl.username", "enable.auto.commit", "17: kafka.properties.enable.auto.commit is set; leave it out: offsets are committed once dead letters are acknowledged"),
    ("sasl.username = \"u\"\n", "", "14: kafka.properties is not usable; the settings should go together: sasl.username and sasl.password must be set"),
];

/// The good configuration with a text replaced.
pub fn edited(from: &str, to: &str) -> String {
    assert_eq!(GOOD.matches(from).count(), 1, "{from:?} should occur once");
    GOOD.replacen(from, to, 1)
}

/// The good configuration.
pub fn good() -> Config {
    ensilinja::configuration::parse("ensilinja.toml", GOOD).expect("it is good")
}

#[test]
fn every_mistake_has_its_whole_message() {
    assert_refused(REFUSED);
}

/// Asserts that each edit of the good configuration is refused with the whole message.
pub fn assert_refused(edits: &[(&str, &str, &str)]) {
    let mut others = Vec::new();
    for (from, to, message) in edits {
        let error = ensilinja::configuration::parse("ensilinja.toml", &edited(from, to)).unwrap_err().to_string();
        assert!(!error.contains("hunter2"), "a secret is in {error}");
        if error != format!("ensilinja.toml:{message}") {
            others.push(format!("{from:?} -> {to:?}\n    {message}\n    {error}"));
        }
    }
    assert!(others.is_empty(), "expected first, actual second:\n{}", others.join("\n"));
}

#[test]
fn a_hundred_counties_are_accepted_and_more_than_2500_lines_are_refused() {
    let further = |number| {
        format!(
            "[[line]]\nid = \"further_{number}\"\nchannel = \"phone\"\nname.fi = \"F\"\ngroup = \"g\"\n\
             service_area = \"a\"\nhours = \"24/7\"\n"
        )
    };
    let with_lines = |lines: usize| {
        let text = format!("{GOOD}{}", (2..lines).map(further).collect::<String>());
        ensilinja::configuration::parse("ensilinja.toml", &text)
    };
    assert_eq!(with_lines(2_500).expect("these are not too many").lines.len(), 2_500);
    let refusal = with_lines(2_501).unwrap_err().to_string();
    assert!(refusal.ends_with("; it should be at most 2500 [[line]] tables"), "{refusal}");
}

#[test]
fn a_missing_section_is_named_with_its_keys() {
    let [no_line, no_kafka] = [
        "line is missing; it should be a list of [[line]] tables, at least one, each with id, channel, name, group, \
         service_area and hours",
        "kafka is missing; it should be a table with brokers, topic, dead_letters, group, properties",
    ];
    for (text, message) in [
        ("", no_kafka.to_owned()),
        ("[kafka]\nbrokers = 'kafka:9092'\n", no_line.to_owned()),
        ("line = []\n[kafka]\nbrokers = 'kafka:9092'\n", no_line.replace("missing", "an empty list")),
        ("line = [5]\n[kafka]\nbrokers = 'kafka:9092'\n", no_line.replace("missing", "a list")),
        ("line = 5\n[kafka]\nbrokers = 'kafka:9092'\n", no_line.replace("missing", "5")),
        (
            "kafka = { brokers = 'kafka:9092', properties = 'none' }\n",
            "kafka.properties is 'none'; it should be a table of librdkafka's settings, such as [kafka.properties]"
                .to_owned(),
        ),
    ] {
        let said = ensilinja::configuration::parse("e.toml", text).unwrap_err().to_string();
        assert_eq!(said, format!("e.toml:1: {message}"), "{text}");
    }
}

#[test]
fn the_program_refuses_a_configuration_with_status_2_before_it_opens_a_port() {
    // The port is in use: a program that listened first would complain of that.
    let taken = TcpListener::bind("127.0.0.1:0").unwrap();
    let listen = taken.local_addr().unwrap().to_string();
    let folder = TemporaryFolder::new("refused");
    for (from, to, message) in REFUSED.iter().step_by(7) {
        let file = folder.write("refused.toml", edited(from, to).replace("127.0.0.1:9464", &listen));
        // A message may name another place of the file.
        let message = message.replace("ensilinja.toml", &file.display().to_string());
        let expected = format!("error: {}:{message}\n", file.display());
        assert_eq!(run(&["run", "--config", file.to_str().unwrap()]), (Some(2), String::new(), expected));
    }
}

#[test]
fn a_file_that_cannot_be_read_is_named_with_status_2() {
    let folder = TemporaryFolder::new("unreadable");
    let latin_1 = folder.write("latin1.toml", b"name = \"\xe4iti\"");
    for (file, why) in [
        ("no/such.toml", "No such file or directory (os error 2)"),
        ("/", "Is a directory (os error 21)"),
        (latin_1.to_str().unwrap(), "stream did not contain valid UTF-8"),
    ] {
        let expected =
            format!("error: {file}: cannot be read: {why}; say which configuration to use with --config FILE\n");
        assert_eq!(run(&["run", "--config", file]), (Some(2), String::new(), expected));
    }
}

#[test]
fn a_log_level_that_cannot_be_read_is_refused_with_status_2() {
    let folder = TemporaryFolder::new("log-level");
    let file = folder.write("good.toml", GOOD);
    let mut command = command(&["run", "--config", file.to_str().unwrap()]);
    let ended = run_command(command.env("ENSILINJA_LOG", "ensilinja=loud"));
    let expected = "error: ENSILINJA_LOG is \"ensilinja=loud\"; it should be a level, such as info, or levels by module, \
                    such as info,ensilinja_kafka=debug: error parsing level filter: expected one of \"off\", \
                    \"error\", \"warn\", \"info\", \"debug\", \"trace\", or a number 0-5\n";
    assert_eq!(ended, (Some(2), String::new(), expected.to_owned()));
}

#[test]
fn values_of_the_file_are_used_as_written() {
    let config = good();
    assert_eq!(config.server.listen.to_string(), "127.0.0.1:9464");
    assert_eq!((config.log.format, config.log.level), (LogFormat::Json, LogLevel::Debug));
    assert_eq!(config.kafka.bootstrap_servers, "kafka-1:9092,kafka-2:9092");
    assert_eq!(config.kafka.topic, "contacts");
    let properties: Vec<(&str, &str)> =
        config.kafka.properties.iter().map(|(name, value)| (name.as_str(), value.as_str())).collect();
    assert_eq!(
        properties,
        [
            ("sasl.mechanism", "PLAIN"),
            ("sasl.password", "hunter2"),
            ("sasl.username", "u"),
            ("security.protocol", "SASL_PLAINTEXT"),
            ("socket.keepalive.enable", "true"),
        ]
    );
    let [mipa, viestit] = config.lines.as_slice() else { panic!("two lines") };
    assert_eq!((mipa.id.as_str(), mipa.channel), ("mipa", Channel::Phone));
    assert_eq!((viestit.id.as_str(), viestit.channel), ("viestit", Channel::Sms));
    assert_eq!((mipa.name.fi.as_str(), mipa.name.sv.as_str(), mipa.name.en.as_str()), ("Mipä", "Mental hälsa", "Mipä"));
    assert_eq!((mipa.group.as_str(), mipa.service_area.as_str()), ("health", "Forssa"));
}

#[test]
fn limits_of_a_line_come_from_the_line_then_the_defaults_then_the_built_in_values() {
    let rules = good().rules(EventTime::from_seconds(TUESDAY_10_15));
    let [mipa, viestit] = [0, 1].map(|line| rules.lines()[line].effective_limits[0].limits);
    assert_eq!([mipa.short_abandon_ms, viestit.short_abandon_ms], [3_000, 5_000]);
    assert_eq!([mipa.threshold_ms, viestit.threshold_ms], [90_000, 90_000]);
    assert_eq!([mipa.orphan_after_ms, viestit.orphan_after_ms], [24 * 3_600_000, 72 * 3_600_000]);
    assert_eq!([mipa.give_up_working_days, viestit.give_up_working_days], [5, 5]);
    assert_eq!([mipa.promises, viestit.promises], [Promises::NONE; 2]);
}

#[test]
fn promises_and_targets_of_a_line_come_from_the_line_then_the_defaults() {
    let defaults = "promise.answer = \"10m\"\npromise.abandoned = \"void\"\nservice_level = \"only_handled\"\n\
                    target.service = 0.9";
    let own = "promise.callback = \"same day by closing\"\nalert_floor.service = 0.6\ntarget.promise_kept = 0.95";
    let text = edited("threshold = \"1m 30s\"", defaults).replace("short_abandon = \"3s\"", own);
    let config = ensilinja::configuration::parse("e.toml", &text).unwrap();
    let [mipa, viestit] = config.lines.as_slice() else { panic!("two lines") };
    let answer = Some(Term::Within { ms: 600_000 });
    let of_defaults = Promises { answer, callback: None, abandoned: Verdict::Void };
    assert_eq!(viestit.effective_limits[0].limits.promises, of_defaults);
    let callback = Some(Term::SameDay { by: DeadlineTime::Closing });
    assert_eq!(mipa.effective_limits[0].limits.promises, Promises { callback, ..of_defaults });
    for line in [mipa, viestit] {
        assert_eq!(line.goals.service_level, ServiceLevel::OnlyHandled);
        assert_eq!(line.goals.targets.of(Indicator::Service).goal, Some(0.9));
    }
    let floor = |line: &Line| line.goals.targets.of(Indicator::Service).alert_floor;
    assert_eq!([floor(mipa), floor(viestit)], [Some(0.6), Some(0.5)]);
    assert_eq!(mipa.goals.targets.of(Indicator::PromiseKept), Target { goal: Some(0.95), alert_floor: Some(0.8) });
}

#[test]
fn a_change_by_date_holds_from_its_midnight_and_leaves_the_rest() {
    let changes = "promise.callback = \"same day\"\n\
                   [[line.change]]\nvalid_from = 2025-10-26\npromise.callback = \"none\"\n\
                   [[line.change]]\nvalid_from = 2025-11-03\nhours = \"Mo-Fr 10:00-12:00\"\n\
                   [[line.change]]\nvalid_from = 2026-01-01\nhours = \"24/7\"\nthreshold = \"3m\"";
    let config = ensilinja::configuration::parse("e.toml", &edited("short_abandon = \"3s\"", changes)).unwrap();
    let rules = config.rules(EventTime::from_seconds(TUESDAY_10_15));
    let mipa = &rules.lines()[0];
    let at = |local: &str| {
        let local: jiff::civil::DateTime = local.parse().unwrap();
        EventTime::from_millis(local.to_zoned(County::zone()).unwrap().timestamp().as_millisecond())
    };
    let effective_limits: Vec<(EventTime, bool, u32)> = mipa
        .effective_limits
        .iter()
        .map(|effective| {
            (effective.valid_from, effective.limits.promises.callback.is_some(), effective.limits.threshold_ms)
        })
        .collect();
    assert_eq!(
        effective_limits,
        [
            (EventTime::MIN, true, 90_000),
            (at("2025-10-26T00:00"), false, 90_000),
            (at("2026-01-01T00:00"), false, 180_000)
        ]
    );
    for (local, open) in [
        ("2025-10-31T09:00", true),
        ("2025-11-03T09:00", false),
        ("2025-11-03T11:00", true),
        ("2025-12-31T23:59", false),
        ("2026-01-01T00:00", true),
    ] {
        assert_eq!(mipa.hours.is_open(at(local)), open, "{local}");
    }
}

#[test]
fn the_rules_contain_the_opening_hours_of_each_line() {
    let now = EventTime::from_seconds(TUESDAY_10_15);
    let rules = good().rules(now);
    let [mipa, viestit] = rules.lines() else { panic!("two lines") };
    let six_hours_later = now.plus_millis(6 * 3_600_000);
    assert_eq!([now, six_hours_later].map(|at| mipa.hours.is_open(at)), [true, false]);
    assert_eq!([now, six_hours_later].map(|at| viestit.hours.is_open(at)), [true, true]);
}

#[test]
fn a_name_with_control_characters_is_refused() {
    for obeyed in ["\u{202e}", "\u{2066}", "\u{200f}", "\u{200b}", "\u{feff}"] {
        let text = GOOD.replace("Mipä", &format!("Mi{obeyed}pä"));
        let refusal = ensilinja::configuration::parse("a.toml", &text).unwrap_err().to_string();
        let expected =
            format!("a.toml:27: line[mipa].name.fi is \"Mi{obeyed}pä\"; it should be a text of 1 to 100 characters");
        assert_eq!(refusal, expected);
    }
}

#[test]
fn allowed_hosts_are_read_in_any_spelling() {
    let text = GOOD.replace("[log]", "allowed_hosts = [\"Boards.Example.\", \"intra\"]\n[log]");
    let config = ensilinja::configuration::parse("a.toml", &text).unwrap();
    let names: Vec<&str> = config.server.allowed_hosts.iter().flatten().map(HostName::as_str).collect();
    assert_eq!(names, ["boards.example", "intra"]);
    assert_eq!(good().server.allowed_hosts, None);
}

#[test]
fn the_addresses_that_the_board_links_to_are_read_as_they_are() {
    let urls = "grafana_url = \"https://g.example/d/x?var-line={line}\"\nrunbook_url = \"http://w/{alert}.md\"\n";
    let config = ensilinja::configuration::parse("a.toml", &GOOD.replace("[log]", &format!("{urls}[log]"))).unwrap();
    assert_eq!(config.server.grafana_url.as_deref(), Some("https://g.example/d/x?var-line={line}"));
    assert_eq!(config.server.runbook_url.as_deref(), Some("http://w/{alert}.md"));
    assert_eq!((good().server.grafana_url, good().server.runbook_url), (None, None));
    for unsafe_address in ["//w/{alert}", "https:///{alert}", "http://w/{alert} x", "http://{alert}"] {
        let text = GOOD.replace("[log]", &format!("runbook_url = \"{unsafe_address}\"\n[log]"));
        assert!(ensilinja::configuration::parse("a.toml", &text).is_err(), "{unsafe_address}");
    }
}
