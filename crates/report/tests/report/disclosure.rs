//! What a public report must not tell.

use ensilinja_model::{Channel, Outcome};
use ensilinja_report::{By, Cells, Format, Language, Report};

use crate::stand::*;

fn county_size(lines: u16) -> Cells {
    let mut county = County::new(lines.into());
    let mut state = 12345u64;
    let mut draw = |below: u64| {
        state = state.wrapping_mul(6364136223846793005).wrapping_add(1442695040888963407);
        i64::try_from((state >> 33) % below).unwrap()
    };
    for line in 0..lines {
        let scale = if line % 3 == 0 { 60 } else { 12 };
        for month in 0..2 {
            county.tell(line, month, draw(scale), &with_feedback(with_outcome(answered(65_000), Outcome::Handled), 10, true, true));
            county.tell(line, month, draw(scale), &with_outcome(answered(265_000), Outcome::ContinuesCounty));
            county.tell(line, month, draw(6), &with_feedback(with_outcome(answered(65_000), Outcome::Other), 1, false, true));
            county.tell(line, month, draw(6), &with_feedback(with_outcome(answered(65_000), Outcome::ContinuesHyte), 7, true, false));
            county.tell(line, month, draw(20), &abandoned());
            if line < 15 {
                county.tell(line, month, draw(scale), &with_outcome(called_back(1_965_000), Outcome::Handled));
            }
        }
    }
    let lines: Vec<_> = (0..lines).map(|i| line(&format!("line_{i}"), if i < 15 { Channel::Phone } else { Channel::Chat }, ["a", "b", "c"], ["", "pth", "suun"][usize::from(i % 3)])).collect();
    let mut c = cells(lines, county.sums());
    // nine months
    for sums in &mut c.sums { let two = sums.clone(); for _ in 0..3 { sums.extend(two.clone()); } sums.push(two[0].clone()); }
    c.periods = (0..9).map(|i| c.periods[i % 2]).collect();
    c.open_ms = vec![vec![1; 9]; c.lines.len()];
    c
}

#[test]
fn speed() {
    let cells = county_size(22);
    for by in [By::Line, By::Month, By::Quarter] {
        let mut q = question(by, Language::Fi);
        q.public = true;
        let t = std::time::Instant::now();
        let r = Report::of(&cells, q).unwrap();
        println!("@@{by:?} {:?}", t.elapsed());
        let text = r.render(Format::Csv);
        println!("@@hidden {} known {}", text.matches("hidden").count(), text.matches("known").count());
    }
}
