//! Names of groups and goals for the number of contacts, in the configuration: what is refused, and what it means.

use ensilinja_config::VolumeSubject;
use ensilinja_model::{Channel, EventTime};
use jiff::Timestamp;

use crate::configuration::{assert_refused, edited, good};

/// A text of the good configuration, its replacement, and the whole message that follows.
#[rustfmt::skip]
const REFUSED: &[(&str, &str, &str)] = &[
    ("[[line]]\nid = \"viestit\"", "[[group]]\nid = \"health\"\n[[line]]\nid = \"viestit\"", "33: group[health].name is missing; it should be a table with fi, sv, en"),
    ("[[line]]\nid = \"viestit\"", "[[group]]\nid = \"health\"\nname = { sv = \"Hälsa\" }\n[[line]]\nid = \"viestit\"", "35: group[health].name.fi is missing; it should be a text of 1 to 100 characters"),
    ("[[line]]\nid = \"viestit\"", "[[group]]\nname.fi = \"Terveys\"\n[[line]]\nid = \"viestit\"", "33: group[#1].id is missing; it should be a text of 1 to 100 characters"),
    ("[[line]]\nid = \"viestit\"", "[[group]]\nid = \"health\"\nname.fi = \"Terveys\"\nname.de = \"Gesundheit\"\n[[line]]\nid = \"viestit\"", "36: group[health].name.de is unknown; known here: fi, sv, en"),
    ("[[line]]\nid = \"viestit\"", "[[group]]\nid = \"health\"\nname.fi = \"Terveys\"\n[[group]]\nid = \"health\"\nname.fi = \"Terveys\"\n[[line]]\nid = \"viestit\"", r#"37: group[#2].id is "health"; it should be an id of its own: the group at ensilinja.toml:34 has this one"#),
    ("[[line]]\nid = \"viestit\"", "[[group]]\nid = \"helth\"\nname.fi = \"Terveys\"\n[[line]]\nid = \"viestit\"", r#"28: line[mipa].group is "health"; it should be the id of a [[group]]; did you mean helth?"#),
    ("[[line]]\nid = \"viestit\"", "[[target]]\ncontacts_per_month = 5\n[[line]]\nid = \"viestit\"", "33: target[#1].line is missing; it should be the id of a [[line]], unless there is a group or a channel"),
    ("[[line]]\nid = \"viestit\"", "[[target]]\nline = \"mipo\"\n[[line]]\nid = \"viestit\"", r#"34: target[#1].line is "mipo"; it should be the id of a [[line]]; did you mean mipa?"#),
    ("[[line]]\nid = \"viestit\"", "[[target]]\nline = \"mipa\"\nchannel = \"phone\"\n[[line]]\nid = \"viestit\"", r#"35: target[#1].channel is "phone"; it should be left out beside line"#),
    ("[[line]]\nid = \"viestit\"", "[[target]]\ngroup = \"helth\"\n[[line]]\nid = \"viestit\"", r#"34: target[#1].group is "helth"; it should be the group of a line; did you mean health?"#),
    ("[[line]]\nid = \"viestit\"", "[[target]]\ngroup = \"health\"\n[[line]]\nid = \"viestit\"", r#"33: target[#1].channel is missing; it should be one of "phone", "sms", the channels of the lines"#),
    ("[[line]]\nid = \"viestit\"", "[[target]]\nchannel = \"chat\"\n[[line]]\nid = \"viestit\"", r#"34: target[#1].channel is "chat"; it should be one of "phone", "sms", the channels of the lines"#),
    ("[[line]]\nid = \"viestit\"", "[[target]]\nchannel = \"sms\"\n[[line]]\nid = \"viestit\"", r#"33: target[#1].contacts_per_month is missing; it should be a whole number from 1 to 100000000, or "none""#),
    ("[[line]]\nid = \"viestit\"", "[[target]]\nchannel = \"sms\"\ncontacts_per_month = 4000.0\n[[line]]\nid = \"viestit\"", r#"35: target[#1].contacts_per_month is 4000.0; it should be a whole number from 1 to 100000000, or "none""#),
    ("[[line]]\nid = \"viestit\"", "[[target]]\nchannel = \"sms\"\ncontacts_per_month = \"none\"\n[[line]]\nid = \"viestit\"", r#"35: target[#1].contacts_per_month is "none"; it should be a whole number: there is no goal before"#),
    ("[[line]]\nid = \"viestit\"", "[[target]]\nchannel = \"sms\"\nvalid_from = 2026-01-15\ncontacts_per_month = 5\n[[line]]\nid = \"viestit\"", "35: target[#1].valid_from is 2026-01-15; it should be the first day of a month, without quotes, such as 2026-01-01"),
    ("[[line]]\nid = \"viestit\"", "[[target]]\nchannel = \"sms\"\ncontacts_per_month = 5\n[[target]]\nchannel = \"sms\"\ncontacts_per_month = 6\n[[line]]\nid = \"viestit\"", "36: target[#2].valid_from is missing; it should be the first day of a month, without quotes, such as 2026-01-01"),
    ("[[line]]\nid = \"viestit\"", "[[target]]\nchannel = \"sms\"\ncontacts_per_month = 5\n[[target]]\nchannel = \"sms\"\nvalid_from = 2026-01-01\ncontacts_per_month = 5\n[[line]]\nid = \"viestit\"", "39: target[#2].contacts_per_month is 5; it should be another number than that of the [[target]] before it"),
    ("[[line]]\nid = \"viestit\"", "[[target]]\nchannel = \"sms\"\ncontacts_per_month = 5\n[[target]]\nchannel = \"sms\"\nvalid_from = 2026-01-01\ncontacts_per_month = 6\n[[target]]\nchannel = \"sms\"\nvalid_from = 2025-10-01\n[[line]]\nid = \"viestit\"", "42: target[#3].valid_from is 2025-10-01; it should be after 2026-01-01, the date of the [[target]] before it"),
];

#[test]
fn every_mistake_in_groups_and_goals_has_its_whole_message() {
    assert_refused(REFUSED);
}

/// A group whose last line is left out for a day is no reason not to start.
#[test]
fn a_group_without_lines_is_told_of_and_not_refused() {
    let groups = ["teeth", "health", "care"].map(|id| format!("[[group]]\nid = \"{id}\"\nname.fi = \"Nimi\"\n"));
    let line = "[[line]]\nid = \"viestit\"";
    let text = edited(line, &format!("{}{line}", groups.concat()));
    let config = ensilinja::configuration::parse("ensilinja.toml", &text).unwrap();
    assert_eq!(config.groups_without_lines, ["teeth", "care"]);
    assert!(ensilinja_config::county().groups_without_lines.is_empty());
}

#[test]
fn groups_have_names_and_channels_have_goals_by_date() {
    let county = ensilinja_config::county();
    let line = |id: &str| county.lines.iter().find(|line| line.id.as_str() == id).unwrap();
    let name = line("pth_forssa").group_name.as_ref().unwrap();
    assert_eq!([&name.fi, &name.sv, &name.en], ["Terveysasemat", "Hälsostationer", "Health stations"]);
    assert!(county.lines.iter().all(|line| line.group_name.is_some()));
    assert!(good().lines.iter().all(|line| line.group_name.is_none()), "without [[group]]");

    let [target] = county.volume_targets.as_slice() else { panic!("the goal of the chats") };
    assert_eq!(target.subject, VolumeSubject::Channel(Channel::Chat));
    let at = |local: &str| local.parse::<Timestamp>().map(|at| EventTime::from_millis(at.as_millisecond())).unwrap();
    let goals = &line("suun_chat").volume_goals[0];
    for (instant, contacts) in [
        ("2024-12-31T23:59:59+02:00", None),
        ("2025-01-01T00:00:00+02:00", Some(4000)),
        ("2025-09-30T23:59:59+03:00", Some(4000)),
        ("2025-10-01T00:00:00+03:00", Some(6000)),
        ("2025-12-31T23:59:59+02:00", Some(6000)),
        ("2026-01-01T00:00:00+02:00", None),
    ] {
        assert_eq!(goals.at(at(instant)), contacts, "{instant}");
    }
    assert!(line("116117").volume_goals.is_empty());
}
