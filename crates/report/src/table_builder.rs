//! The tables of a report: their rows and columns for each breakdown.

use std::ops::Range;

use ensilinja_ledger::Indicator;
use ensilinja_model::Channel;

use crate::balances::ReportSpan;
use crate::cell_value::CellValue;
use crate::chart::TableChart;
use crate::columns::{self, Column};
use crate::figure::{Figure, FigureKind};
use crate::goal_comparison;
use crate::number;
use crate::published_figures::PublishedFigures;
use crate::report_data::{Breakdown, ReportRequest};
use crate::report_table::{ReportCell, ReportRow, ReportTable};
use crate::subject::Subject;
use crate::wording::{self, TableTopic};

/// Builds the tables of a report.
pub(crate) struct TableBuilder<'a> {
    pub published: &'a PublishedFigures<'a>,
    pub request: ReportRequest,
}

/// The most periods that a chart shows; more would be too narrow to be labelled.
const MOST_BARS: usize = 14;

/// The subject and the time of a row.
type RowSubject = (Subject, ReportSpan);

impl TableBuilder<'_> {
    /// All tables of the report, in their order.
    pub fn all(&self) -> Vec<ReportTable> {
        let tables = match self.request.by {
            Breakdown::Line | Breakdown::Group => self.by_subject(),
            Breakdown::Month => [self.by_period(), self.matrices()].concat(),
            Breakdown::Quarter => [self.goals(), self.by_period()].concat(),
            Breakdown::Day | Breakdown::Hour => self.by_period(),
        };
        let mut tables = [tables, self.volume_goals()].concat();
        for table in &mut tables {
            let charts = std::mem::take(&mut table.charts);
            table.charts = charts.into_iter().filter(|chart| table.shows(chart)).collect();
        }
        tables
    }

    /// Slides 15 to 17, and 19 to 21 over the whole period.
    fn by_subject(&self) -> Vec<ReportTable> {
        let data = self.published.data();
        let subjects = match self.request.by {
            Breakdown::Group => Subject::groups(data),
            _ => Subject::lines(data),
        };
        let of = |channel| subjects.iter().filter(move |it| it.channel(data) == Some(channel)).cloned();
        let with_total = |channel| {
            let mut rows: Vec<Subject> = of(channel).collect();
            if rows.len() > 1 {
                rows.push(Subject::Channel(channel));
            }
            rows
        };
        let at_whole =
            |rows: Vec<Subject>| rows.into_iter().map(|row| (row, ReportSpan::Whole)).collect::<Vec<RowSubject>>();
        let channels: Vec<Channel> = self.channels();
        let mut tables: Vec<ReportTable> = channels
            .iter()
            .map(|channel| {
                let columns = self.columns_of(*channel);
                self.table(TableTopic::KeyFigures(*channel), &columns, at_whole(with_total(*channel)))
            })
            .collect();
        let mut rows: Vec<Subject> = channels.iter().flat_map(|channel| with_total(*channel)).collect();
        if channels.len() > 1 {
            rows.push(Subject::All);
        }
        tables.push(self.table(TableTopic::Feedback, columns::FEEDBACK, at_whole(rows)));
        tables
    }

    /// The same figures with one row for each period.
    fn by_period(&self) -> Vec<ReportTable> {
        let rows = |subject: &Subject| -> Vec<RowSubject> {
            self.published.balances.spans().chain(self.total_span()).map(|span| (subject.clone(), span)).collect()
        };
        let mut tables: Vec<ReportTable> = self
            .channels()
            .into_iter()
            .map(|channel| {
                let columns = self.columns_of(channel);
                self.table(TableTopic::KeyFigures(channel), &columns, rows(&Subject::Channel(channel)))
            })
            .collect();
        tables.push(self.table(TableTopic::Feedback, columns::FEEDBACK, rows(&self.everyone())));
        tables
    }

    fn columns_of(&self, channel: Channel) -> Vec<Column> {
        columns::of_channel(channel, self.request.also, |figure| match figure.kind() {
            FigureKind::Count(quantity) => {
                self.published.balances.amount(&Subject::Channel(channel), ReportSpan::Whole, quantity) > 0
            }
            _ => true,
        })
    }

    fn table(&self, topic: TableTopic, columns: &[Column], rows: Vec<RowSubject>) -> ReportTable {
        let (by, language) = (self.request.by, self.request.language);
        let contacts_of = match topic {
            TableTopic::KeyFigures(channel) => Subject::Channel(channel),
            _ => self.everyone(),
        };
        // A chart compares: one row has none.
        let charts = if rows.len() > 1 { self.charts(topic, columns) } else { Vec::new() };
        ReportTable {
            title: format!("{} {}", topic.title(language), wording::by(by, language)),
            row_header: wording::row_header(by, language).to_owned(),
            columns: columns.iter().map(|column| column.heading(language)).collect(),
            rows: rows
                .into_iter()
                .map(|(subject, span)| ReportRow {
                    label: self.label(&subject, span),
                    is_total: self.is_total(&subject, span),
                    cells: columns.iter().map(|column| column.cell(self.published, &subject, span)).collect(),
                })
                .collect(),
            charts,
            note: self.note(topic, &contacts_of),
        }
    }

    /// The charts of a table with these columns.
    fn charts(&self, topic: TableTopic, columns: &[Column]) -> Vec<TableChart> {
        let place = |figure: Figure| columns.iter().position(|column| column.figure() == figure);
        let drawn: Vec<usize> = topic.drawn().iter().copied().filter_map(place).collect();
        if !matches!(self.request.by, Breakdown::Line | Breakdown::Group) {
            let goal = (topic == TableTopic::VolumeGoals).then(|| place(Figure::ContactsGoal)).flatten();
            let periods = self.published.data().periods.len();
            let chart = TableChart::OfPeriods { columns: drawn, ticks: self.ticks(false), goal };
            return if (2..=MOST_BARS).contains(&periods) { vec![chart] } else { Vec::new() };
        }
        let mut charts = vec![TableChart::OfSubjects { columns: drawn }];
        let outcomes = [
            Indicator::HandledInContact,
            Indicator::ContinuesInCountyServices,
            Indicator::ContinuesInHyteServices,
            Indicator::FirstContactResolution,
        ];
        if let [Some(handled), Some(county), Some(hyte), Some(resolved)] = outcomes.map(|it| place(Figure::Share(it))) {
            charts.push(TableChart::OfOutcomes { parts: [handled, county, hyte], resolved });
        }
        charts
    }

    /// The short names of the periods, and of their total. The years are named if there are several.
    fn ticks(&self, with_total: bool) -> Vec<String> {
        let (data, language) = (self.published.data(), self.request.language);
        let years = data.periods.first().map(|it| it.start.year) != data.periods.last().map(|it| it.start.year);
        let total = self.total_span().filter(|_| with_total).map(|_| wording::whole_period_short(language).to_owned());
        data.periods.iter().map(|period| wording::short_period(period, years, language)).chain(total).collect()
    }

    /// Slides 7 and 19 to 21: one figure by line and month.
    fn matrices(&self) -> Vec<ReportTable> {
        let data = self.published.data();
        let language = self.request.language;
        let totals = Subject::channels(data).into_iter().filter(|channel| {
            let lines = Subject::lines(data);
            lines.iter().filter(|line| line.channel(data) == channel.channel(data)).count() > 1
        });
        let mut subjects: Vec<Subject> = Subject::lines(data).into_iter().chain(totals).collect();
        if self.channels().len() > 1 {
            subjects.push(Subject::All);
        }
        let matrix = |figure: &Figure| {
            let topic = TableTopic::Matrix(*figure);
            let row = |subject: &Subject| ReportRow {
                label: wording::subject(subject, data, language),
                is_total: !matches!(subject, Subject::Line(_)),
                cells: self.columns_of_time().map(|span| self.published.value(subject, span, *figure).into()).collect(),
            };
            ReportTable {
                title: format!("{} {}", columns::heading(*figure, language), wording::line_and_month(language)),
                row_header: wording::row_header(Breakdown::Line, language).to_owned(),
                columns: self.columns_of_time().map(|span| self.span_label(span)).collect(),
                rows: subjects.iter().map(row).collect(),
                charts: self.by_row(0..self.published.data().periods.len(), self.ticks(false), None),
                note: self.note(topic, &self.everyone()),
            }
        };
        Figure::BY_LINE_AND_MONTH.iter().map(matrix).collect()
    }

    /// Slide 8: the four goals, for calls as the county tracks them, and for all contacts. The customers' answers about
    /// a solution stand beside the outcomes that professionals recorded.
    fn goals(&self) -> Vec<ReportTable> {
        let calls = self.published.balances.has(Channel::Phone);
        let calls = calls.then(|| self.goals_of(TableTopic::CallGoals, &Subject::Channel(Channel::Phone)));
        calls.into_iter().chain([self.goals_of(TableTopic::Goals, &self.everyone())]).collect()
    }

    fn goals_of(&self, topic: TableTopic, subject: &Subject) -> ReportTable {
        let language = self.request.language;
        let figures = [
            Figure::Share(Indicator::PromiseKept),
            Figure::Share(Indicator::FirstContactResolution),
            Figure::Share(Indicator::GotASolution),
            Figure::Share(Indicator::KnowsHowCareContinues),
            Figure::Nps,
        ];
        let row = |figure: Figure| {
            let goal = match figure {
                Figure::Share(indicator) => {
                    self.goal(indicator, subject).map_or(CellValue::NotApplicable, CellValue::Target)
                }
                _ => CellValue::NotApplicable,
            };
            let values = self.columns_of_time().map(|span| self.published.value(subject, span, figure));
            ReportRow {
                label: columns::heading(figure, language),
                is_total: false,
                cells: [goal].into_iter().chain(values).map(ReportCell::from).collect(),
            }
        };
        let spans = self.columns_of_time().map(|span| self.span_label(span));
        ReportTable {
            title: topic.title(language).to_owned(),
            row_header: wording::indicator(language).to_owned(),
            columns: [wording::target(language).to_owned()].into_iter().chain(spans).collect(),
            rows: figures.into_iter().map(row).collect(),
            charts: self.by_row(1..1 + self.columns_of_time().count(), self.ticks(true), Some(0)),
            note: self.note(topic, subject),
        }
    }

    /// Contacts beside the goals for their number: a table of all goals over the whole period, or one of each by
    /// period.
    fn volume_goals(&self) -> Vec<ReportTable> {
        let data = self.published.data();
        let subjects = goal_comparison::subjects(data, self.request.by);
        match self.request.by {
            Breakdown::Line | Breakdown::Group => {
                let rows: Vec<RowSubject> = subjects.into_iter().map(|it| (it, ReportSpan::Whole)).collect();
                let table = (!rows.is_empty()).then(|| {
                    let row_header = wording::subject_of_goal(self.request.language).to_owned();
                    ReportTable { row_header, ..self.table(TableTopic::VolumeGoals, columns::VOLUME, rows) }
                });
                table.into_iter().collect()
            }
            _ => {
                let spans: Vec<ReportSpan> = self.columns_of_time().collect();
                let table = |subject: &Subject| {
                    let rows = spans.iter().map(|span| (subject.clone(), *span)).collect();
                    let table = self.table(TableTopic::VolumeGoals, columns::VOLUME, rows);
                    let name = wording::subject(subject, data, self.request.language);
                    ReportTable { title: format!("{}: {name}", table.title), ..table }
                };
                subjects.iter().map(table).collect()
            }
        }
    }

    /// A panel for each row with these columns, unless there are too many to draw.
    fn by_row(&self, columns: Range<usize>, ticks: Vec<String>, goal: Option<usize>) -> Vec<TableChart> {
        let is_drawn = self.published.data().periods.len() <= MOST_BARS;
        is_drawn.then(|| TableChart::OfRows { columns: columns.collect(), ticks, goal }).into_iter().collect()
    }

    /// The common goal of all lines of a subject; `None` if their goals differ.
    fn goal(&self, indicator: Indicator, subject: &Subject) -> Option<f64> {
        let lines = self.published.data().lines.iter().enumerate();
        let mut goals = lines.filter(|(index, line)| subject.holds(*index, line)).map(|(_, line)| line.goal(indicator));
        let first = goals.next()?;
        goals.all(|goal| goal == first).then_some(first)?
    }

    /// All contacts; the single channel, if there is only one.
    fn everyone(&self) -> Subject {
        let totals = Subject::totals(self.published.data());
        totals.into_iter().next_back().expect("a report has a line")
    }

    fn channels(&self) -> Vec<Channel> {
        Channel::ALL.iter().copied().filter(|channel| self.published.balances.has(*channel)).collect()
    }

    /// The periods, and their total if there are several.
    fn columns_of_time(&self) -> impl Iterator<Item = ReportSpan> {
        self.published.balances.spans().chain(self.total_span())
    }

    fn total_span(&self) -> Option<ReportSpan> {
        (self.published.data().periods.len() > 1).then_some(ReportSpan::Whole)
    }

    fn label(&self, subject: &Subject, span: ReportSpan) -> String {
        match self.request.by {
            Breakdown::Line | Breakdown::Group => {
                wording::subject(subject, self.published.data(), self.request.language)
            }
            Breakdown::Month | Breakdown::Quarter | Breakdown::Day | Breakdown::Hour => self.span_label(span),
        }
    }

    fn span_label(&self, span: ReportSpan) -> String {
        let language = self.request.language;
        match span {
            ReportSpan::Period(period) => wording::period(&self.published.data().periods[period], language),
            ReportSpan::Whole => wording::whole_period(language).to_owned(),
        }
    }

    const fn is_total(&self, subject: &Subject, span: ReportSpan) -> bool {
        match self.request.by {
            Breakdown::Line | Breakdown::Group => matches!(subject, Subject::Channel(_) | Subject::All),
            Breakdown::Month | Breakdown::Quarter | Breakdown::Day | Breakdown::Hour => {
                matches!(span, ReportSpan::Whole)
            }
        }
    }

    fn note(&self, topic: TableTopic, contacts_of: &Subject) -> String {
        let language = self.request.language;
        let contacts = self.published.value(contacts_of, ReportSpan::Whole, Figure::Offered);
        let contacts = match contacts {
            CellValue::Hidden { .. } => wording::not_shown(language).to_owned(),
            contacts => number::value(&contacts, false, language),
        };
        wording::note(topic, self.published.data(), &contacts, language)
    }
}
