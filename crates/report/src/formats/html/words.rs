//! The words that only a page has.

use crate::cell_value::CellValue;
use crate::language::Language;
use crate::number;

/// The heading of the page.
pub(super) const fn heading(language: Language) -> &'static str {
    language.of(("Ensilinjan raportti", "Rapport om Förstalinjen", "Ensilinja report"))
}

/// The heading of the list of tables.
pub(super) const fn contents(language: Language) -> &'static str {
    language.of(("Sisältö", "Innehåll", "Contents"))
}

/// The heading of the legend.
pub(super) const fn reading(language: Language) -> &'static str {
    language.of(("Lukuohje", "Läsanvisning", "How to read this"))
}

/// The remark of a public report.
pub(super) const fn public(language: Language) -> &'static str {
    language.of((
        "Julkinen raportti: pienet luvut ja luvut, joista ne voisi laskea, on salattu.",
        "Offentlig rapport: små tal, och tal som de kunde räknas ut av, är dolda.",
        "Public report: small numbers, and numbers from which they could be computed, are hidden.",
    ))
}

/// The text alternative of every chart.
pub(super) const fn same_as_the_table(language: Language) -> &'static str {
    language.of((
        "Samat luvut ovat taulukossa kuvaajien jälkeen.",
        "Samma siffror finns i tabellen efter diagrammen.",
        "The table after the charts has the same figures.",
    ))
}

/// The remark about panels of counts or durations.
pub(super) const fn own_scale(language: Language) -> &'static str {
    language.of((
        "Kullakin kuvaajalla on oma asteikkonsa.",
        "Varje diagram har en egen skala.",
        "Each chart has a scale of its own.",
    ))
}

/// The remark about marked periods.
pub(super) const fn incomplete(language: Language) -> &'static str {
    language.of((
        "* Raportissa on vain osa jaksosta.",
        "* Rapporten har endast en del av perioden.",
        "* The report has only a part of the period.",
    ))
}

/// The legend of the goal.
pub(super) const fn goal(language: Language) -> &'static str {
    language.of(("Katkoviiva on tavoite.", "Den streckade linjen är målet.", "The dashed line is the goal."))
}

/// Units of durations, as a title has them.
pub(super) const fn seconds(language: Language) -> &'static str {
    language.of(("sekuntia", "sekunder", "seconds"))
}

/// See [`seconds`].
pub(super) const fn minutes(language: Language) -> &'static str {
    language.of(("minuuttia", "minuter", "minutes"))
}

/// See [`seconds`].
pub(super) const fn hours(language: Language) -> &'static str {
    language.of(("tuntia", "timmar", "hours"))
}

/// The title of the chart of outcomes.
pub(super) const fn outcomes(language: Language) -> &'static str {
    language.of(("Asioinnin lopputulos", "Kontaktens utfall", "Outcome of the contact"))
}

/// The outcomes that are not first-contact resolution.
pub(super) const fn other_outcome(language: Language) -> &'static str {
    language.of(("Muu lopputulos", "Annat utfall", "Another outcome"))
}

/// What stands in place of a bar.
pub(super) fn in_place_of_a_bar(value: &CellValue, language: Language) -> String {
    match value {
        CellValue::Hidden { .. } => language.of(("salattu", "dold", "hidden")).to_owned(),
        CellValue::NoData => language.of(("ei tietoja", "inga uppgifter", "no data")).to_owned(),
        value => number::value(value, false, language),
    }
}
