//! Answers about the past.

use serde_json::Value;

use crate::running_server::{Answer, RunningServer};
use crate::small_county;

fn json(answer: &Answer) -> Value {
    assert_eq!(answer.header("content-type"), Some("application/json"));
    assert_eq!(answer.header("cache-control"), Some("no-store"));
    serde_json::from_slice(&answer.body).unwrap()
}

#[test]
fn an_earlier_instant_has_the_board_of_then() {
    let server = RunningServer::start();
    // 10:05:30, cut to the minute: j has not arrived yet.
    let asked = small_county::on(0, 10, 5, 30_000).floor_second();
    let answer = server.get(&format!("/api/at/{asked}"));
    assert_eq!(answer.status, 200);
    let board = json(&answer);
    let figures = &board["figures"];
    assert_eq!(figures["figures_as_of_timestamp_seconds"], asked - 30);
    assert_eq!(figures["now_timestamp_seconds"], asked - 30, "words such as tomorrow are of then");
    assert_eq!(figures["lines"][0]["contacts_waiting"], 1);
    assert_eq!(figures["lines"][0]["windows"]["today"]["contacts_offered"], 3);
    assert_eq!(board["day"]["lines"][0]["offered"].as_array().unwrap().len(), 41);
    assert_eq!(board["known_at_timestamp_seconds"], small_county::now().floor_second());
    assert_eq!(board["latest_timestamp_seconds"], small_county::now().floor_second());
    assert!(board.get("line").is_none());
    // Another second of the same minute has the same answer.
    assert_eq!(server.get(&format!("/api/at/{}", asked + 29)).body, answer.body);
    assert_eq!(server.reads_of_the_past(), 1);
}

#[test]
fn one_line_of_an_earlier_instant_is_whole() {
    let server = RunningServer::start();
    let asked = small_county::on(0, 10, 5, 0).floor_second();
    let board = json(&server.get(&format!("/api/at/{asked}?line=mipa")));
    assert_eq!(board["line"]["line"], "mipa");
    assert_eq!(board["line"]["figures"]["windows"]["today"]["contacts_offered"], 3);
    assert!(board["line"]["figures"]["windows"]["1h"]["callback_attempts"].is_object());
    assert_eq!(server.get(&format!("/api/at/{asked}?line=nothing")).status, 404);
}

#[test]
fn an_instant_that_is_not_remembered_is_refused_with_those_that_are() {
    let server = RunningServer::start();
    let now = small_county::now().floor_second();
    for asked in [0, now + 60, now + 1_000_000] {
        let answer = server.get(&format!("/api/at/{asked}"));
        assert_eq!(answer.status, 404, "{asked}");
        let refusal = json(&answer);
        assert_eq!(refusal["latest_timestamp_seconds"], now);
        assert!(refusal["earliest_timestamp_seconds"].as_i64().unwrap() < now - 86_400);
        assert!(refusal["error"].as_str().unwrap().contains("ensilinja replay"));
    }
    server.set_state(small_county::rebuilding);
    let refusal = json(&server.get(&format!("/api/at/{}", now - 60)));
    assert_eq!(refusal["earliest_timestamp_seconds"], Value::Null);
}

#[test]
fn what_is_no_instant_is_refused_and_not_echoed() {
    let server = RunningServer::start();
    for path in ["/api/at/yesterday", "/api/at/-1", "/api/at/1e9", "/api/at/%3Cscript%3E"] {
        let answer = server.get(path);
        assert_eq!(answer.status, 400, "{path}");
        assert!(json(&answer)["error"].as_str().unwrap().contains("/api/at/1758006900"));
        assert!(!answer.text().contains("script") && !answer.text().contains("yesterday"));
    }
    assert_eq!(server.reads_of_the_past(), 0);
}

#[test]
fn the_days_of_a_line_say_what_is_not_remembered() {
    let server = RunningServer::start();
    let days = json(&server.get("/api/days/mipa"));
    assert_eq!(days["line"], "mipa");
    assert_eq!(days["days"]["today"]["offered"].as_array().unwrap().len(), 42);
    assert_eq!(days["days"]["yesterday"], Value::Null);
    assert_eq!((&days["expected"], days["not_expected"].as_str()), (&Value::Null, Some("few_days")));
    assert_eq!(server.get("/api/days/nothing").status, 404);
    let now = days["figures_as_of_timestamp_seconds"].as_i64().unwrap();
    let earlier = json(&server.get(&format!("/api/days/mipa?at={}", now - 3600)));
    assert_eq!(earlier["figures_as_of_timestamp_seconds"], now - 3600);
    assert_eq!(earlier["days"]["today"]["offered"].as_array().unwrap().len(), 38, "four intervals fewer");
    let beyond = server.get(&format!("/api/days/mipa?at={}", now + 3600));
    assert_eq!(beyond.status, 404);
    assert!(json(&beyond)["latest_timestamp_seconds"].is_i64());
    assert_eq!(server.get("/api/days/mipa?at=yesterday").status, 400);
    server.set_state(small_county::rebuilding);
    assert_eq!(server.get("/api/days/mipa").status, 404);
}

#[test]
fn contacts_are_listed_only_where_the_configuration_says_so() {
    let path = "/api/contacts/mipa?window=today&figure=contacts_decided%7Bresult%3D%22answered%22%7D";
    let server = RunningServer::start();
    let refused = server.get(path);
    assert_eq!(refused.status, 403);
    assert!(json(&refused)["error"].as_str().unwrap().contains("server.contacts = true"));
    let server = RunningServer::listing_contacts();
    let list = json(&server.get(path));
    assert_eq!(list["window"], "today");
    assert_eq!(list["series"][0]["series"], "ensilinja_window_contacts_decided{result=\"answered\"}");
    assert_eq!(server.get("/api/contacts/nothing?window=today&figure=offered").status, 404);
    assert_eq!(server.get("/api/contacts/mipa?figure=waiting&at=0").status, 404);
    for bad in ["", "?figure=offered", "?window=today&figure=nonsense", "?window=never&figure=offered"] {
        let answer = server.get(&format!("/api/contacts/mipa{bad}"));
        assert_eq!(answer.status, 400, "{bad}");
        assert!(!answer.text().contains("nonsense") && !answer.text().contains("never"), "nothing is echoed");
    }
}
