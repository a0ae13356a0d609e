//! The county's published figures, as they lie in `data/`.

/// The published tables.
pub(super) struct Published {
    phone: Table,
    chat: Table,
    feedback: Table,
    monthly: Table,
}

/// A phone line's row. Shares are of 1.
pub(super) struct PhoneFigures {
    pub name_fi: String,
    pub answered_live: f64,
    pub handled_as_callback: f64,
    pub service: f64,
    /// `None` where the scan is in doubt.
    pub callback_wait_s: Option<f64>,
    pub outcomes: OutcomeFigures,
}

/// A chat's row. Shares are of 1.
pub(super) struct ChatFigures {
    pub name_fi: String,
    pub mean_wait_s: f64,
    pub not_answered: f64,
    pub outcomes: OutcomeFigures,
}

/// Shares of recorded outcomes.
pub(super) struct OutcomeFigures {
    pub first_contact_resolution: f64,
    pub handled: f64,
    pub continues_county: f64,
}

/// Means over the months that are given. NPS is -1 to 1.
pub(super) struct FeedbackFigures {
    pub nps: f64,
    pub continues_yes: f64,
    pub solved_yes: f64,
}

impl Published {
    pub(super) fn read() -> Self {
        Self {
            phone: Table::read(include_str!("../../data/phone_key_figures_2025-01_09.csv")),
            chat: Table::read(include_str!("../../data/chat_key_figures_2025-01_09.csv")),
            feedback: Table::read(include_str!("../../data/feedback_2025-06_10.csv")),
            monthly: Table::read(include_str!("../../data/monthly_arrivals_2025.csv")),
        }
    }

    pub(super) fn phone(&self, line: &str) -> PhoneFigures {
        let row = self.phone.row_of(line);
        PhoneFigures {
            name_fi: row.text("name_fi").to_owned(),
            answered_live: row.share("answered_live_pct"),
            handled_as_callback: row.share("handled_as_callback_pct"),
            service: row.share("service_pct"),
            callback_wait_s: row.number("callback_wait_s"),
            outcomes: row.outcomes(),
        }
    }

    pub(super) fn chat(&self, line: &str) -> ChatFigures {
        let row = self.chat.row_of(line);
        ChatFigures {
            name_fi: row.text("name_fi").to_owned(),
            mean_wait_s: row.number("mean_wait_s").expect("every chat's mean wait is published"),
            not_answered: row.share("not_answered_pct"),
            outcomes: row.outcomes(),
        }
    }

    pub(super) fn feedback(&self, line: &str) -> FeedbackFigures {
        let mean = |column| mean(self.feedback.rows().filter(|row| row.text("line") == line), column) / 100.0;
        FeedbackFigures {
            nps: mean("nps"),
            continues_yes: mean("continues_yes_pct"),
            solved_yes: mean("solved_yes_pct"),
        }
    }

    /// Contacts in an average month, of the months that are given.
    pub(super) fn monthly_contacts(&self, column: &str) -> f64 {
        mean(self.monthly.rows(), column)
    }
}

fn mean<'a>(rows: impl Iterator<Item = Row<'a>>, column: &str) -> f64 {
    let (sum, n) = rows.filter_map(|row| row.number(column)).fold((0.0, 0.0), |(sum, n), x| (sum + x, n + 1.0));
    assert!(n > 0.0, "the published tables have a number in the column {column} of the line asked for");
    sum / n
}

/// A table of texts: comma-separated, without quotes; lines that start with `#` say where it comes from.
struct Table {
    columns: Vec<&'static str>,
    cells: Vec<Vec<&'static str>>,
}

struct Row<'a> {
    columns: &'a [&'static str],
    cells: &'a [&'static str],
}

impl Table {
    fn read(text: &'static str) -> Self {
        let mut lines = text.lines().filter(|line| !line.starts_with('#')).map(|line| line.split(',').collect());
        let columns = lines.next().expect("a published table has a row of names");
        Self { columns, cells: lines.collect() }
    }

    fn rows(&self) -> impl Iterator<Item = Row<'_>> {
        self.cells.iter().map(|cells| Row { columns: &self.columns, cells })
    }

    fn row_of(&self, line: &str) -> Row<'_> {
        let row = self.rows().find(|row| row.text("line") == line);
        row.unwrap_or_else(|| panic!("the published tables have a row for {line}"))
    }
}

impl<'a> Row<'a> {
    fn text(&self, column: &str) -> &'a str {
        let index = self.columns.iter().position(|name| *name == column);
        self.cells[index.unwrap_or_else(|| panic!("the published table has a column {column}"))]
    }

    fn number(&self, column: &str) -> Option<f64> {
        self.text(column).parse().ok()
    }

    fn share(&self, column: &str) -> f64 {
        self.number(column).unwrap_or_else(|| panic!("the column {column} is complete")) / 100.0
    }

    fn outcomes(&self) -> OutcomeFigures {
        OutcomeFigures {
            first_contact_resolution: self.share("first_contact_resolution_pct"),
            handled: self.share("handled_in_contact_pct"),
            continues_county: self.share("continues_in_county_pct"),
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_number_the_scan_has_lost_is_missing_and_not_zero() {
        assert_eq!(Published::read().phone("ikaihmiset").callback_wait_s, None);
        assert_eq!(Published::read().phone("suun_kiireellinen").callback_wait_s, Some(5_369.0));
    }

    #[test]
    fn means_are_over_the_months_that_are_given() {
        let published = Published::read();
        let pth = (749.0 + 964.0 + 1507.0 + 1777.0 + 2009.0 + 2094.0) / 6.0;
        assert!((published.monthly_contacts("pth_kiireeton") - pth).abs() < 1e-9);
        assert!((published.feedback("neuvola").nps - 0.6762).abs() < 1e-9);
    }
}
