//! Progress of long work on standard error, for people. It never mixes with the result on standard output.
//!
//! ```text
//! terminal:  reading events.jsonl ████████░░░░░░  57 %, 412000 events/s, at 2025-09-15 10:15, 9 s left
//! else:      the same as a line of text, every ten seconds
//! --quiet:   nothing
//! ```
//!
//! A bar is erased when it ends, and while a log line is written. No escape codes are written if `NO_COLOR` is set or
//! standard error is not a terminal with a movable cursor.

use std::io::{self, IsTerminal as _, Write};
use std::sync::{Mutex, MutexGuard, PoisonError};
use std::time::{Duration, Instant};

use ensilinja_lookback::local_time::to_the_minute;
use ensilinja_lookback::{Progress, ProgressUpdate};
use ensilinja_model::printable;
use indicatif::{ProgressBar, ProgressDrawTarget, ProgressStyle};
use jiff::tz::TimeZone;

/// How often a bar is drawn.
const REDRAW: Duration = Duration::from_millis(100);

/// How often a line is written without a terminal; shorter work writes none.
const NEXT_LINE: Duration = Duration::from_secs(10);

/// The visible bar, so that log lines can be written beside it.
static VISIBLE_BAR: Mutex<Option<ProgressBar>> = Mutex::new(None);

/// Shows progress. Dropping it erases a bar.
pub struct ConsoleProgress {
    zone: TimeZone,
    display: Display,
    task: Mutex<Option<Task>>,
}

/// How progress is shown.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
enum Display {
    Bar,
    Lines,
    Nothing,
}

/// The present task.
struct Task {
    what: String,
    counted: &'static str,
    began: Instant,
    shown: Instant,
    bar: Option<ProgressBar>,
}

impl ConsoleProgress {
    /// A bar or lines, as standard error allows; nothing if `quiet`. Times are shown in `zone`.
    #[must_use]
    pub fn new(quiet: bool, zone: &TimeZone) -> Self {
        let is_set = |name| std::env::var_os(name).is_some_and(|value| !value.is_empty());
        let has_cursor = std::env::var_os("TERM").is_some_and(|term| term != "dumb") && !is_set("NO_COLOR");
        let display = match quiet {
            true => Display::Nothing,
            false if io::stderr().is_terminal() && has_cursor => Display::Bar,
            false => Display::Lines,
        };
        Self { zone: zone.clone(), display, task: Mutex::new(None) }
    }

    fn task(&self) -> MutexGuard<'_, Option<Task>> {
        self.task.lock().unwrap_or_else(PoisonError::into_inner)
    }
}

impl Progress for ConsoleProgress {
    fn begin(&self, what: &str, counted: &'static str) {
        self.end();
        let now = Instant::now();
        let what = printable(what).into_owned();
        let bar = (self.display == Display::Bar).then(|| {
            let bar = ProgressBar::with_draw_target(None, ProgressDrawTarget::stderr());
            // It may have to be redrawn beside a log line before its position is known.
            bar.set_style(style("{spinner} {prefix}"));
            bar.set_prefix(what.clone());
            *visible_bar() = Some(bar.clone());
            bar
        });
        *self.task() = Some(Task { what, counted, began: now, shown: now, bar });
    }

    fn show(&self, position: &ProgressUpdate) {
        let every = match self.display {
            Display::Bar => REDRAW,
            Display::Lines => NEXT_LINE,
            Display::Nothing => return,
        };
        let mut task = self.task();
        let Some(task) = task.as_mut().filter(|task| task.shown.elapsed() >= every) else { return };
        task.shown = Instant::now();
        let words = words(position, task.counted, task.began.elapsed(), &self.zone);
        match &task.bar {
            Some(bar) => draw(bar, position, words),
            // If standard error is closed, there is nowhere to report that.
            None => drop(writeln!(io::stderr(), "{}: {words}", task.what)),
        }
    }

    fn end(&self) {
        if let Some(bar) = self.task().take().and_then(|task| task.bar) {
            *visible_bar() = None;
            bar.finish_and_clear();
        }
    }
}

impl Drop for ConsoleProgress {
    fn drop(&mut self) {
        self.end();
    }
}

fn visible_bar() -> MutexGuard<'static, Option<ProgressBar>> {
    VISIBLE_BAR.lock().unwrap_or_else(PoisonError::into_inner)
}

fn style(template: &str) -> ProgressStyle {
    ProgressStyle::with_template(template).expect("the template is sound").progress_chars("█▉▊▋▌▍▎▏░")
}

fn draw(bar: &ProgressBar, position: &ProgressUpdate, words: String) {
    let is_new = bar.message().is_empty();
    if is_new {
        let has_total = position.total.is_some();
        bar.set_style(style(if has_total { "{prefix} {bar:30} {msg}" } else { "{spinner} {prefix}: {msg}" }));
    }
    if let Some(total) = position.total {
        bar.set_length(total);
    }
    bar.set_position(position.done);
    bar.set_message(words);
    bar.tick();
}

/// A position in words, `elapsed` after the beginning.
fn words(position: &ProgressUpdate, counted: &str, elapsed: Duration, zone: &TimeZone) -> String {
    let mut words = Vec::new();
    if let Some(total) = position.total.filter(|total| *total > 0) {
        words.push(format!("{} %", (u128::from(position.done.min(total)) * 100) / u128::from(total)));
    }
    let a_second = u128::from(position.count) * 1_000 / elapsed.as_millis().max(1);
    words.push(format!("{a_second} {counted}/s"));
    if let Some(at) = position.at {
        words.push(format!("at {}", to_the_minute(at, zone)));
    }
    if let Some(left) = left(position, elapsed) {
        words.push(format!("{left} left"));
    }
    words.join(", ")
}

/// The remaining time at the present pace.
fn left(position: &ProgressUpdate, elapsed: Duration) -> Option<String> {
    let total = position.total.filter(|_| position.done > 0)?;
    let to_do = u128::from(total.saturating_sub(position.done));
    let seconds = (elapsed.as_millis() * to_do / u128::from(position.done)).div_ceil(1_000);
    Some(match seconds {
        0..120 => format!("{seconds} s"),
        120..7_200 => format!("{} min", seconds.div_ceil(60)),
        _ => format!("{} h", seconds.div_ceil(3_600)),
    })
}

/// Standard error beside a bar that may be visible, for log lines.
#[must_use]
pub fn beside() -> impl Write {
    Beside
}

struct Beside;

impl Write for Beside {
    fn write(&mut self, bytes: &[u8]) -> io::Result<usize> {
        match &*visible_bar() {
            Some(bar) => bar.suspend(|| io::stderr().write(bytes)),
            None => io::stderr().write(bytes),
        }
    }

    fn flush(&mut self) -> io::Result<()> {
        io::stderr().flush()
    }
}

#[cfg(test)]
mod tests {
    use ensilinja_model::EventTime;

    use super::*;

    fn shown(done: u64, total: Option<u64>, elapsed_seconds: u64) -> String {
        let at = Some(EventTime::from_seconds(1_758_006_900));
        let zone = TimeZone::get("Europe/Helsinki").unwrap();
        words(
            &ProgressUpdate { done, total, count: 4_000_000, at },
            "events",
            Duration::from_secs(elapsed_seconds),
            &zone,
        )
    }

    #[test]
    fn a_position_is_said_with_its_speed_its_time_and_what_is_left() {
        assert_eq!(shown(57, Some(100), 10), "57 %, 400000 events/s, at 2025-09-16 10:15, 8 s left");
        assert_eq!(shown(1, Some(100), 10), "1 %, 400000 events/s, at 2025-09-16 10:15, 17 min left");
        assert_eq!(shown(1, Some(10_000), 10), "0 %, 400000 events/s, at 2025-09-16 10:15, 28 h left");
    }

    #[test]
    fn what_is_not_known_is_not_shown() {
        assert_eq!(shown(57, None, 10), "400000 events/s, at 2025-09-16 10:15");
        assert_eq!(shown(0, Some(100), 10), "0 %, 400000 events/s, at 2025-09-16 10:15");
        assert_eq!(shown(0, Some(0), 10), "400000 events/s, at 2025-09-16 10:15");
        let nothing = words(&ProgressUpdate::default(), "records", Duration::ZERO, &TimeZone::UTC);
        assert_eq!(nothing, "0 records/s");
    }
}
