//! Numerator and denominator of each indicator, written out from the county's definitions.

use ensilinja_model::Channel;

use super::oracle_line::{LevelFormula, OracleLine};
use super::windows::{OPEN_2_HOURS, OPEN_5_DAYS, TODAY, WindowContents, YESTERDAY};

/// The windows of indicators.
pub(super) const WINDOWS: [&str; 4] = [TODAY, YESTERDAY, OPEN_2_HOURS, OPEN_5_DAYS];

const CLOSED: [&str; 7] = ["reached", "unreached", "cancelled", "duplicate", "expired", "purged", "given_up"];

/// The indicators of a line in a window: name, numerator, denominator.
pub(super) fn indicators(line: &OracleLine, filed: &WindowContents<'_>) -> Vec<(&'static str, i64, i64)> {
    let decided = |result: &str| filed.sum("contacts_decided", &format!("result=\"{result}\""));
    let (answered, requested, short) = (decided("answered"), decided("callback_requested"), decided("abandoned_short"));
    let late = decided("abandoned_menu") + decided("abandoned_queue") + decided("abandoned_ringing");
    let abandoned = late + short;
    let timed_out = decided("timed_out");
    let all_decided = answered + requested + abandoned + timed_out;

    let within = |result: &str| filed.sum("contacts_within_threshold", &format!("result=\"{result}\""));
    let unknown = |result: &str| filed.sum("contacts_wait_unknown", &format!("result=\"{result}\""));
    let known_answers = answered - unknown("answered");
    let judged = all_decided - short - unknown("answered") - unknown("abandoned");
    let level = service_level(line.service_level, within("answered"), within("abandoned"), known_answers, judged);

    let closed = |result: &str| filed.sum("callbacks_closed", &format!("result=\"{result}\""));
    let all_closed = CLOSED.iter().map(|result| closed(result)).sum();

    let outcome = |outcome: &str| filed.sum("outcomes", &format!("outcome=\"{outcome}\""));
    let (handled, county, hyte) = (outcome("handled"), outcome("continues_county"), outcome("continues_hyte"));
    let recorded = handled + county + hyte + outcome("other");

    let promises = |result: &str| {
        let of = |promise: &str| filed.sum("promises", &format!("promise=\"{promise}\",result=\"{result}\""));
        of("answer") + of("callback")
    };
    let said = |question: &str, answer: &str| {
        filed.sum("survey_answers", &format!("question=\"{question}\",answer=\"{answer}\""))
    };
    let yes_of = |question: &str| (said(question, "yes"), said(question, "yes") + said(question, "no"));
    let (knows, asked_whether_it_knows) = yes_of("continues");
    let (solved, asked_whether_solved) = yes_of("solved");

    let mut all = vec![
        ("answered_live", answered, all_decided),
        ("callback_reached", closed("reached"), all_closed),
        ("service", answered + requested, all_decided),
        ("service_level", level.0, level.1),
        ("first_contact_resolution", handled + county + hyte, recorded),
        ("handled_in_contact", handled, recorded),
        ("continues_in_county_services", county, recorded),
        ("continues_in_hyte_services", hyte, recorded),
        ("promise_kept", promises("kept"), promises("kept") + promises("broken")),
        ("knows_how_care_continues", knows, asked_whether_it_knows),
        ("got_a_solution", solved, asked_whether_solved),
        ("coverage", recorded, filed.sum("contacts_handled", "")),
    ];
    if line.channel == Channel::Chat {
        all.push(("chat_not_answered", abandoned + timed_out, all_decided));
    }
    all
}

/// Numerator and denominator of the service level. `a` is answered, `a_t` and `l_t` are answered and abandoned within
/// the threshold. All exclude short abandons, and answers and abandons after unknown waits.
fn service_level(formula: LevelFormula, a_t: i64, l_t: i64, a: i64, decided: i64) -> (i64, i64) {
    match formula {
        LevelFormula::OnlyHandled => (a_t, a),
        LevelFormula::WithoutAbandon => (a_t, decided - l_t),
        LevelFormula::PositiveAbandon => (a_t + l_t, decided),
        LevelFormula::NegativeAbandon => (a_t, decided),
    }
}
