//! Single lines: names with bars, exits, lines of the site's own, what is reported, and what must never be.

use ensilinja_model::{EventTime, Fact, FactKind, LineIndex};
use proptest::prelude::*;

use crate::asterisk::truth::{FoundStay, Joined, StayOutcome, decoder, mapping, sample, scenarios};
use crate::{
    ContentFact, ExitMeaning, Format, Mapping, MappingTable, QueueTarget, Record, RecordContents, Stated, Stays,
    WaitFrom, site_fact,
};

fn log_mapping() -> Mapping {
    mapping(Format::AsteriskQueueLog)
}

fn contents(mapping: Mapping, value: &str) -> RecordContents {
    decoder(mapping).contents(&Record::of_value(value.as_bytes()))
}

fn found(mapping: Mapping, log: &str) -> Vec<FoundStay> {
    Joined::of(mapping, log.lines().map(str::as_bytes))
}

fn with_event(event: &str, fact: &str) -> Mapping {
    let mut mapping = log_mapping();
    let crate::FormatRules::Asterisk(rules) = &mut mapping.rules else { panic!("the mapping of the captures") };
    rules.events.insert(event.to_owned(), site_fact(fact).unwrap());
    mapping
}

#[test]
fn bars_in_names_and_data_do_not_hide_the_event() {
    let mut mapping = log_mapping();
    mapping.queues.insert("a|b|c", QueueTarget::Line(LineIndex::new(5)));
    for (line, queue, kind) in [
        ("1795957482|c.1|q|pipe|NONE|ENTERQUEUE||1|1", 13, true),
        ("1795957482|c.1|q|pipe|agent9|x|CONNECT|3|1.2|2", 13, true),
        ("1795957482|c.1|q_one|agent|9|x|CONNECT|3|1.2|2", 0, true),
        ("1795957482|c.1|a|b|c|agent|CONNECT|3|1.2|2", 5, true),
        ("1795957482|c.1|q_one|NONE|ENTERQUEUE|http://x?a=1|2|11|42|CONNECT|1", 0, true),
        ("1795957482|c.1|q_open|Local/agent1@phones/n|SITE_EVENT|free|text", 0, false),
    ] {
        let contents = contents(mapping.clone(), line);
        assert_eq!(contents.faults, [], "{line}");
        let lines: Vec<_> = contents.facts.iter().map(|fact| fact.line).collect();
        let expected = if kind { vec![LineIndex::new(queue)] } else { vec![] };
        assert_eq!(lines, expected, "{line}");
        assert_eq!(contents.has_unknown_type, !kind, "{line}");
    }
}

#[test]
fn transfers_have_their_numbers_at_the_end_and_withdrawals_at_the_beginning() {
    let log = "1795957480|c.1|q_one|NONE|ENTERQUEUE||1|1\n1795957482|c.1|q_one|a|CONNECT|2|x|1\n\
        1795957489|c.1|q_one|a|ATTENDEDTRANSFER|LINK|SIP/1|SIP/2|2|7|1\n\
        1795957490|c.2|q_one|NONE|ENTERQUEUE||1|1\n1795957495|c.2|q_one|NONE|WITHDRAW|3|2|5|12|by | hand\n\
        1795957500|c.3|q_one|NONE|ENTERQUEUE||1|1\n1795957504|c.3|q_one|NONE|EXITWITHKEY|*|1|1|4\n";
    let mut mapping = log_mapping();
    mapping.exits.general.insert("withdrawn".to_owned(), ExitMeaning::Ended);
    mapping.exits.general.insert("key.*".to_owned(), ExitMeaning::Abandoned);
    let stays: Vec<_> = found(mapping, log)
        .iter()
        .map(|stay| (stay.outcome, stay.decided.unwrap().floor_second() - 1_795_957_400, stay.ended.is_some()))
        .collect();
    assert_eq!(
        stays,
        [(StayOutcome::Answered, 82, true), (StayOutcome::Ended, 95, true), (StayOutcome::Abandoned, 104, false),]
    );
}

#[test]
fn an_exit_that_no_table_has_is_reported_and_says_only_that_the_call_went_on() {
    let key = contents(log_mapping(), "1795957482|c.1|q_one|NONE|EXITWITHKEY|7|1|1|4");
    assert_eq!(key.unmapped, [(MappingTable::Exits, "q_one:key.7".to_owned(), None)]);
    assert_eq!(key.facts.len(), 1);
    let long = contents(log_mapping(), "1795957482|c.1|q_one|NONE|EXITWITHKEY|0401234567|1|1|4");
    assert_eq!(long.unmapped, [(MappingTable::Exits, "q_one:key.other".to_owned(), None)]);
    let mapped = contents(log_mapping(), "1795957482|c.1|q_one|NONE|EXITWITHKEY|2|1|1|4");
    assert_eq!(mapped.unmapped, []);
    assert_eq!(mapped.facts[0].entry.as_deref(), Some("exits.\"key.2\""));
}

#[test]
fn queues_that_are_not_mapped_are_reported_and_ignored_ones_are_not() {
    let mut mapping = log_mapping();
    mapping.queues.insert("agent-*", QueueTarget::Ignored);
    let unmapped = contents(mapping.clone(), "1795957482|c.1|q_new|NONE|ENTERQUEUE||1|1");
    assert_eq!(unmapped.unmapped, [(MappingTable::Queues, "q_new".to_owned(), None)]);
    let ignored = contents(mapping, "1795957482|c.1|agent-7|NONE|ENTERQUEUE||1|1");
    assert_eq!(ignored, RecordContents { types: vec!["ENTERQUEUE".to_owned()], ..RecordContents::default() });
}

#[test]
fn lines_about_agents_state_nothing_and_are_known() {
    let lines = scenarios().map(|scenario| sample(&format!("{scenario}.queue_log"))).collect::<Vec<_>>().concat();
    let quiet = ["PAUSE", "UNPAUSE", "RINGNOANSWER", "ADDMEMBER", "QUEUESTART", "AGENTDUMP", "OUTCALL", "CONFIGRELOAD"];
    for event in quiet {
        let line = lines.lines().find(|line| line.split('|').nth(4) == Some(event)).unwrap();
        let contents = contents(log_mapping(), line);
        assert_eq!(contents, RecordContents { types: vec![event.to_owned()], ..RecordContents::default() });
    }
}

#[test]
fn a_line_of_the_sites_own_belongs_to_the_latest_stay_of_its_call_and_queue() {
    let log = sample("08.queue_log") + "1795957109|1795957099.198|q_one|NONE|CB_FAILED|x\n";
    let mut joined = Joined::new(with_event("CB_FAILED", "callback_failed"));
    for line in log.lines() {
        joined.read(line.as_bytes());
    }
    let attempts = joined.facts_of_kind(FactKind::CallbackAttempted);
    assert_eq!(attempts, [EventTime::from_seconds(1_795_957_109)]);
    let stay = joined.found().into_iter().find(|stay| stay.outcome == StayOutcome::Answered).unwrap();
    assert!(joined.states(&stay, FactKind::CallbackAttempted), "the second stay");
}

#[test]
fn menus_count_where_the_wait_begins_with_the_arrival() {
    let log = "1795957480|c.1|q_one|NONE|MENU||x\n1795957485|c.1|q_one|NONE|ENTERQUEUE||1|1\n\
        1795957489|c.1|q_one|a|CONNECT|4|x|1\n1795957495|c.1|q_one|a|COMPLETEAGENT|4|6|1\n\
        1795957490|c.2|q_one|NONE|MENU||x\n1795957494|c.2|q_one|NONE|MENU_LEFT||x\n";
    let mut mapping = with_event("MENU", "offered");
    let crate::FormatRules::Asterisk(rules) = &mut mapping.rules else { panic!("the mapping of the captures") };
    rules.events.insert("MENU_LEFT".to_owned(), site_fact("abandoned").unwrap());
    let from_queue = found(mapping.clone(), log);
    assert_eq!(from_queue.iter().map(|stay| stay.entered.floor_second()).collect::<Vec<_>>(), [1_795_957_485]);
    mapping.wait_from = WaitFrom::Arrival;
    let from_arrival = found(mapping.clone(), log);
    let seen: Vec<_> = from_arrival.iter().map(|stay| (stay.entered.floor_second(), stay.outcome)).collect();
    assert_eq!(seen, [(1_795_957_480, StayOutcome::Answered), (1_795_957_490, StayOutcome::AbandonedInMenu),]);
    let reversed: Vec<_> = log.lines().rev().collect();
    assert_eq!(found(mapping, &reversed.join("\n")), from_arrival);
}

#[test]
fn a_call_that_leaves_and_comes_back_within_a_second_has_two_stays() {
    let log = "1795957480|c.1|q_one|NONE|ENTERQUEUE||1|1\n1795957480|c.1|q_one|NONE|EXITWITHKEY|1|1|1|0\n\
        1795957480|c.1|q_one|NONE|ENTERQUEUE||1|1\n1795957487|c.1|q_one|a|CONNECT|7|x|1\n\
        1795957489|c.1|q_one|a|COMPLETECALLER|7|2|1\n";
    let lines: Vec<_> = log.lines().collect();
    let expected = found(log_mapping(), log);
    let outcomes: Vec<_> = expected.iter().map(|stay| stay.outcome).collect();
    assert_eq!(outcomes, [StayOutcome::Answered, StayOutcome::Moved]);
    let reversed: Vec<_> = lines.iter().rev().copied().collect();
    assert_eq!(found(log_mapping(), &reversed.join("\n")), expected);
}

#[test]
fn a_lost_answer_is_proved_by_the_end_of_the_conversation() {
    let log = sample("01.queue_log");
    let kept: Vec<_> = log.lines().filter(|line| !line.contains("|CONNECT|")).collect();
    let [stay] = <[FoundStay; 1]>::try_from(found(log_mapping(), &kept.join("\n"))).unwrap();
    let [exact] = <[FoundStay; 1]>::try_from(found(log_mapping(), &log)).unwrap();
    assert_eq!(stay.outcome, StayOutcome::Answered);
    assert_eq!(stay.decided.unwrap().millis_since(exact.decided.unwrap()), 1_000);
    assert_eq!(stay.ended, exact.ended);
}

/// A number that no caller of the captures has.
const CANARY: &str = "0405550199";

#[test]
fn no_number_of_a_caller_and_no_name_of_an_agent_reaches_any_output() {
    let lines = [
        format!("1795957482|1795957482.7|q_one|NONE|ENTERQUEUE||{CANARY}|1|{CANARY}"),
        format!("1795957482|1795957482.7|q_one|{CANARY}|CONNECT|1|1.1|1"),
        format!("1795957482|1795957482.7|q_one|{CANARY}|BLINDTRANSFER|{CANARY}|x|1|1|1"),
        format!("1795957482|1795957482.7|q_one|NONE|DID|{CANARY}"),
        format!("1795957482|1795957482.7|q_one|NONE|CALLBACKREQUEST|{CANARY}"),
        format!("1795957482|1795957482.7|q_one|NONE|{CANARY}|{CANARY}"),
        format!("1795957482|1795957482.7|q_one|a|b|{CANARY}|x"),
        format!("1795957482|1795957482.7|q_one|NONE|EXITWITHKEY|{CANARY}|1|1|2"),
        format!("1795957482|1795957482.7|q_one|NONE|WITHDRAW|1|1|2|{CANARY}"),
        format!("1795957482|{CANARY}"),
        format!("{{\"message\": \"{CANARY}\", \"caller\": \"{CANARY}\"}}"),
        CANARY.to_owned(),
    ];
    for line in lines {
        let shown = format!("{:?}", contents(log_mapping(), &line));
        assert!(!shown.contains(CANARY), "{line}: {shown}");
        let mut stated = Vec::new();
        let result = decoder(log_mapping()).read(&Record::of_value(line.as_bytes()), &mut stated);
        let shown = format!("{result:?} {stated:?}");
        assert!(!shown.contains(CANARY), "{line}: {shown}");
    }
}

#[test]
fn what_a_line_states_names_its_line_instant_and_entry() {
    let contents = contents(log_mapping(), "1795957482|1795957482.7|q_two|NONE|ENTERQUEUE||1|1");
    let entry = Some("queues.\"q_two\"".to_owned());
    let at = EventTime::from_seconds(1_795_957_482);
    assert_eq!(contents.facts, [ContentFact { line: LineIndex::new(1), at, kind: None, entry }]);
    assert_eq!(contents.types, ["ENTERQUEUE"]);
    assert_eq!(site_fact("closed_purged"), Some(Fact::CallbackClosed(ensilinja_model::CloseResult::Purged)));
}

proptest! {
    #![proptest_config(ProptestConfig::with_cases(2_000))]

    #[test]
    fn any_fields_are_read_without_a_panic(
        fields in prop::collection::vec("(179595[0-9]{4}|[0-9]{0,12}|q_one|NONE|CONNECT|ABANDON|ENTERQUEUE|-?[0-9]|\\PC{0,3})", 0..12)
    ) {
        let mut joined = Joined::new(log_mapping());
        joined.read(fields.join("|").as_bytes());
        joined.read(format!("1795957482|1.1|q_one|NONE|{}", fields.join("|")).as_bytes());
        joined.found();
    }
}

/// The facts of a log, each with the contact that its record names.
fn named(mapping: &Mapping, stays: &mut Stays, log: &str) -> Vec<(FactKind, Option<String>)> {
    let (decoder, mut named) = (decoder(mapping.clone()), Vec::new());
    for line in log.lines() {
        let (record, mut stated) = (Record::of_value(line.as_bytes()), Vec::new());
        decoder.read(&record, &mut stated).unwrap();
        for stated in stated {
            let Stated::Stay(part) = stated else { panic!("a line of the log states parts of stays") };
            stays.take(&part, &mut |event, call| {
                let contact = decoder.named_contact(&record, event.leg, Some(call)).map(|contact| contact.id);
                assert!(["c.1", "c.2"].iter().filter(|id| decoder.is_call_of(call, id)).count() == 1);
                assert!(contact.as_ref().is_none_or(|id| decoder.is_call_of(call, id)));
                named.push((event.fact.kind(), contact));
            });
        }
    }
    named
}

#[test]
fn an_end_under_the_id_of_another_call_is_of_the_call_that_it_ends() {
    let log = "1795957480|c.1|q_one|NONE|ENTERQUEUE||1|1\n1795957487|c.1|q_one|a|CONNECT|7|x|1\n\
        1795957489|c.2|q_one|a|COMPLETECALLER|7|2|1\n";
    let of = |kind, id: Option<&str>| (kind, id.map(str::to_owned));
    let (c, [offered, queued, answered, ended]) =
        (Some("c.1"), [FactKind::Offered, FactKind::Queued, FactKind::Answered, FactKind::Ended]);
    let expected = [of(offered, c), of(queued, c), of(answered, c), of(ended, None)];
    assert_eq!(named(&log_mapping(), &mut Stays::default(), log), expected, "no record of the other call is named");
    // An end of its own that lies far from where the stay began: in the menu.
    let mut mapping = with_event("MENU", "offered");
    mapping.wait_from = WaitFrom::Arrival;
    let log = "1795957080|c.1|q_one|NONE|MENU\n".to_owned() + &log.replace("c.2", "c.1");
    let named = named(&mapping, &mut Stays::default(), &log);
    assert_eq!(named, [of(offered, c), of(queued, c), of(answered, c), of(ended, c)]);
}

#[test]
fn equal_ids_in_two_sources_are_two_calls_and_ids_of_one_source_are_one() {
    let entry = "1795957480|c.1|q_one|NONE|ENTERQUEUE||1|1\n";
    let end = "1795957487|c.1|q_one|a|CONNECT|7|x|1\n1795957489|c.1|q_one|a|COMPLETECALLER|7|2|1\n";
    let other = Mapping { call_scope: Some("other".to_owned()), ..log_mapping() };
    let mut stays = Stays::default();
    assert_eq!(named(&log_mapping(), &mut stays, entry).len(), 2);
    assert_eq!(named(&other, &mut stays, end), [], "no call of the other source is answered");
    let legs = |mapping: &Mapping| {
        let (decoder, mut stated, mut legs) = (decoder(mapping.clone()), Vec::new(), Vec::new());
        decoder.read(&Record::of_value(entry.as_bytes()), &mut stated).unwrap();
        for stated in stated {
            let Stated::Stay(part) = stated else { panic!("a part of a stay") };
            Stays::default().take(&part, &mut |event, _| legs.push(event.leg.get()));
        }
        legs
    };
    assert_ne!(legs(&log_mapping()), legs(&other), "of the same queue and second");
    // A conversation that ends under another id is not one of the other source either.
    let elsewhere = "1795957489|c.2|q_one|a|COMPLETECALLER|7|2|1\n";
    let answer = "1795957487|c.1|q_one|a|CONNECT|7|x|1\n";
    assert_eq!(named(&log_mapping(), &mut stays, answer).len(), 1);
    assert_eq!(named(&other, &mut stays, elsewhere), []);
    assert_eq!(named(&log_mapping(), &mut stays, elsewhere).len(), 1);
}

#[test]
fn without_an_entry_a_queue_that_puts_a_caller_out_timed_out_and_other_exits_are_moves() {
    let outcome = |event: &str| {
        let log = format!("1795957480|c.1|q_one|NONE|ENTERQUEUE||1|1\n1795957490|c.1|q_one|NONE|{event}\n");
        let mapping = Mapping { exits: crate::ExitTable::default(), ..log_mapping() };
        named(&mapping, &mut Stays::default(), &log).last().unwrap().0
    };
    assert_eq!(outcome("EXITWITHTIMEOUT|1|1|10"), FactKind::TimedOut);
    assert_eq!(outcome("EXITEMPTY|1|1|10"), FactKind::TimedOut, "decision 73: there was no room for it");
    assert_eq!(outcome("EXITWITHKEY|1|1|1|10"), FactKind::Transferred);
    assert_eq!(outcome("WITHDRAW|1|1|10"), FactKind::Transferred);
}

#[test]
fn a_line_of_the_sites_own_may_end_a_wait() {
    for (name, kind) in [
        ("answered", FactKind::Answered),
        ("timed_out", FactKind::TimedOut),
        ("transferred", FactKind::Transferred),
        ("ended", FactKind::Ended),
    ] {
        let log = "1795957480|c.1|q_one|NONE|ENTERQUEUE||1|1\n1795957490|c.1|q_one|NONE|SITE\n";
        let named = named(&with_event("SITE", name), &mut Stays::default(), log);
        assert_eq!(named.last().unwrap(), &(kind, Some("c.1".to_owned())));
    }
}
