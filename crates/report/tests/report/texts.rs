//! Whole texts, as they are read.

use ensilinja_report::{By, Format, Language, Report};

use crate::stand::{question, small_county};

#[test]
fn show() {
    for by in [By::Line, By::Month, By::Quarter, By::Group] {
        let report = Report::of(&small_county(), question(by, Language::Fi)).unwrap();
        println!("{}", report.render(Format::Table { width: 120 }));
    }
    let mut q = question(By::Line, Language::Fi); q.public = true;
    println!("=====\n{}", Report::of(&small_county(), q).unwrap().render(Format::Table { width: 200 }));
    q.by = By::Month;
    println!("=====\n{}", Report::of(&small_county(), q).unwrap().render(Format::Table { width: 200 }));
    println!("=====\n{}", Report::of(&small_county(), q).unwrap().render(Format::Csv));
}
