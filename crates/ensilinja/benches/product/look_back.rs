//! The time of answers about the past: the board at earlier instants, a day beside other days, and the contacts behind
//! a number.

use std::time::Instant;

use ensilinja::clock;

use crate::builds::Builds;
use crate::county_events;
use crate::http::Connection;
use crate::product::Product;
use crate::stand::Stand;
use crate::table::{Budget, ROUNDS, Row, quantile};

/// More than the horizon of the sample's rules, so the process remembers all that it ever does.
const DAYS: i64 = 40;

/// The instants of a round: of the last day and a half, so that all are remembered.
const INSTANTS: i64 = 40;

const MINUTES_APART: i64 = 36 * 60 / INSTANTS;

/// The line whose detail is asked for: a busy one, with callbacks.
const LINE: &str = "pth_forssa";

/// The path that asks for an answer about an instant, in seconds since 1970.
type PathAt = fn(i64) -> String;

/// What answers may take, in ms.
const LIMIT: Budget = Budget::AtMost(50.0);

/// Measures.
pub fn measure(stand: &mut Stand, builds: &Builds) -> anyhow::Result<Vec<Row>> {
    let mut topic = stand.create_topic("look-back");
    topic.fill(county_events::of_the_last_days(DAYS, 1.0, 1, (clock::wall())()))?;
    let configuration = builds.this.configuration("").replace("# contacts = true", "contacts = true");
    let mut product = Product::start(&builds.this, &topic, &configuration)?;
    product.wait_until_ready()?;
    let mut connection = product.connect()?;
    let paths: [(&str, PathAt); 4] = [
        ("the board at an instant", |at| format!("/api/at/{at}")),
        ("the board and a line's detail", |at| format!("/api/at/{at}?line={LINE}")),
        ("a day beside other days", |at| format!("/api/days/{LINE}?at={at}")),
        ("the contacts of a figure", |at| format!("/api/contacts/{LINE}?window=today&figure=contacts_offered&at={at}")),
    ];
    let mut rows = Vec::new();
    for (what, path) in paths {
        let mut times = Vec::new();
        for round in 0..i64::try_from(ROUNDS)? {
            times.push(ask(&mut connection, round, path)?);
        }
        let of = |share| times.iter().map(|round| quantile(round, share)).collect();
        rows.push(Row::new(format!("{what}, median of {INSTANTS} a round: ms"), of(0.5), 1).within(LIMIT));
        rows.push(Row::new(format!("{what}, p99 of {INSTANTS} a round: ms"), of(0.99), 1));
    }
    Ok(rows)
}

/// How long each answer took, in ms. Every instant of every round is another minute, so that no answer is one that was
/// kept.
fn ask(connection: &mut Connection, round: i64, path: PathAt) -> anyhow::Result<Vec<f64>> {
    let now = (clock::wall())().floor_second();
    let mut times = Vec::new();
    for index in 0..INSTANTS {
        let at = now - (index * MINUTES_APART + round + 1) * 60;
        let path = path(at);
        let began = Instant::now();
        let (status, body) = connection.get(&path)?;
        times.push(began.elapsed().as_secs_f64() * 1e3);
        anyhow::ensure!(status == 200, "{path} was answered with {status}: {body}");
    }
    Ok(times)
}
