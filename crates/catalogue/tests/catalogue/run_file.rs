//! Run files: a written file can be read again; one that is cut off, out of order or of another kind is refused.

use ensilinja_catalogue::{Knowledge, RunHeader, RunLine, RunReader, RunScope, run_file};
use ensilinja_model::EventTime;
use serde_json::{Value, json};

#[test]
fn lines_of_a_run_are_parsed_and_others_refused() {
    let header = json!({ "run": {
        "from": 0, "to": 9, "step_seconds": 3, "known_at": "then", "config": null, "topic": "t", "brokers": "b:1",
        "events": [], "archives": ["2025-09.jsonl.zst"], "source": "telephony", "lines": ["mipa"], "windows": ["15m"],
        "figures": null, "version": "0.1.0"
    }});
    let expected = RunHeader {
        from: Some(EventTime::from_seconds(0)),
        to: Some(EventTime::from_seconds(9)),
        step_seconds: Some(3),
        knowledge: Knowledge::Then,
        topic: Some("t".to_owned()),
        brokers: Some("b:1".to_owned()),
        archives: vec!["2025-09.jsonl.zst".to_owned()],
        source: Some("telephony".to_owned()),
        lines: vec!["mipa".to_owned()],
        scope: RunScope { windows: Some(vec!["15m".to_owned()]), figures: None },
        version: "0.1.0".to_owned(),
        ..RunHeader::default()
    };
    assert_eq!(RunLine::parse(&header.to_string()), Ok(RunLine::Header(expected.clone())));
    assert_eq!(serde_json::from_str::<Value>(&expected.to_line()).unwrap(), header);
    let mut of_old = header;
    of_old["run"].as_object_mut().unwrap().remove("archives");
    let without = RunHeader { archives: Vec::new(), ..expected };
    assert_eq!(RunLine::parse(&of_old.to_string()), Ok(RunLine::Header(without)), "0.1.0 did not know of archives");
    assert_eq!(RunLine::parse("{\"end\": {\"instants\": 7}}"), Ok(RunLine::End { instants: 7 }));
    for (text, message) in [
        ("", "it is not a JSON document: EOF while parsing a value at line 1 column 0"),
        ("{\"lines\": []}", "it is JSON, but not a document of figures: figures_as_of_timestamp_seconds is missing"),
        ("[1]", "it is JSON, but not a document of figures: it is not an object"),
        ("{\"figures_as_of_timestamp_seconds\": 1}", "it is JSON, but not a document of figures: lines is missing"),
        (
            "{\"figures_as_of_timestamp_seconds\": 1, \"lines\": [{\"line\": \"a\", \"figures\": {\"n\": \"1\"}}]}",
            "it is JSON, but not a document of figures: a figure is not a number",
        ),
        ("{\"end\": {}}", "the member end of the run cannot be understood"),
        (
            "{\"run\": {\"known_at\": \"now\", \"version\": \"1\"}}",
            "the member known_at of the run cannot be understood",
        ),
        ("{\"run\": {}}", "the member version of the run cannot be understood"),
    ] {
        assert_eq!(RunLine::parse(text).unwrap_err().to_string(), message, "{text}");
    }
}

/// A header, and the figures of these instants in seconds since 1970.
fn run_of(instants: &[i64]) -> String {
    let header = RunHeader { version: "0.1.0".to_owned(), ..RunHeader::default() };
    let figures = |at: &i64| {
        let document = json!({ "time_zone": "Europe/Helsinki", "figures_as_of_timestamp_seconds": at, "lines": [] });
        format!("{document}\n")
    };
    header.to_line() + &instants.iter().map(figures).collect::<String>()
}

/// The instants of a run in seconds since 1970, or the error.
fn read(text: &str) -> Result<Vec<i64>, String> {
    let mut reader = RunReader::new("a.jsonl".to_owned(), text.as_bytes()).map_err(|error| error.to_string())?;
    let mut instants = Vec::new();
    while let Some((at, _)) = reader.next_instant().map_err(|error| error.to_string())? {
        instants.push(at.floor_second());
    }
    Ok(instants)
}

#[test]
fn a_whole_run_is_read_in_the_order_of_its_instants() {
    let end = run_file::end_line(2);
    assert_eq!(read(&(run_of(&[60, 120]) + &end)), Ok(vec![60, 120]));
    assert_eq!(read(&(run_of(&[60, 120]).replace('\n', "\n\n") + end.trim_end())), Ok(vec![60, 120]));
    assert_eq!(read(&(run_of(&[]) + &run_file::end_line(0))), Ok(vec![]));
}

#[test]
fn a_run_that_is_cut_off_or_out_of_order_is_refused() {
    let advice = "a run is the output of `ensilinja replay --format jsonl`";
    let (two, end) = (run_of(&[60, 120]), run_file::end_line(2));
    for (text, error) in [
        (String::new(), format!("a.jsonl is not a run: {advice}")),
        ("{}\n".to_owned(), format!("a.jsonl is not a run ({advice})")),
        (two.clone(), "a.jsonl was cut off after 2 instants: make the run again".to_owned()),
        (two[..two.len() - 9].to_owned(), "a.jsonl was cut off after 1 instants: make the run again".to_owned()),
        (two.clone() + "{}\n", format!("a.jsonl has a line that does not belong to a run ({advice})")),
        (two.clone() + &two, "a.jsonl contains the beginning of another run".to_owned()),
        (two.clone() + &end + &end, "a.jsonl continues after its end: compare its runs separately".to_owned()),
        (run_of(&[60]) + &end, "a.jsonl announces 2 instants and has 1: make the run again".to_owned()),
        (run_of(&[60, 60]), "a.jsonl: instant 2 is not later than the previous one".to_owned()),
        (run_of(&[60]).replace("60", "null"), "a.jsonl: instant 1 has no figures".to_owned()),
    ] {
        assert_eq!(read(&text), Err(error), "{text}");
    }
}
