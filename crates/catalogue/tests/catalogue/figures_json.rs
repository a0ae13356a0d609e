//! The document of figures, whole, and read back by the comparison's reader.

use ensilinja_catalogue::FiguresDocument;
use ensilinja_catalogue::figures_json::figures_json;
use ensilinja_model::EventTime;

use crate::expected::assert_is_file;
use crate::small_county;

#[test]
fn the_document_of_a_small_county_is_exactly_this_and_is_read_back() {
    let exposition = small_county::exposition();
    let document = figures_json(exposition.lines(), "Europe/Helsinki", &small_county::snapshot());
    let pretty = serde_json::to_string_pretty(&document).unwrap() + "\n";
    assert_is_file("tests/catalogue/expected/small_county.json", &pretty);
    let read = FiguresDocument::parse(&pretty).unwrap();
    assert_eq!(read.line_ids().collect::<Vec<_>>(), ["mipa", "mipa_chat"]);
    assert_eq!(read.as_of.map(EventTime::floor_second), Some(small_county::now().floor_second()));
    assert!(read.complete && read.reasons.is_empty());
    assert_eq!(read.version.as_deref(), Some(env!("CARGO_PKG_VERSION")));
}
