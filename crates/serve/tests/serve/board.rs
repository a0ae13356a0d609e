//! The live table's page, style and script, as texts.

use crate::running::Running;

#[test]
fn the_board_is_made_of_files_of_this_server_only() {
    let server = Running::start();
    let page = server.get("/");
    assert_eq!(page.header("content-type"), Some("text/html; charset=utf-8"));
    for (path, content_type) in
        [("/board.js", "text/javascript; charset=utf-8"), ("/board.css", "text/css; charset=utf-8")]
    {
        assert!(page.text().contains(&format!("=\"{path}\"")), "{path}");
        assert_eq!(server.get(path).header("content-type"), Some(content_type));
    }
    for path in ["/", "/board.js", "/board.css"] {
        let text = server.get(path).text().to_owned();
        assert!(!text.contains("://") && !text.contains("url(") && !text.contains("@import"), "{path}");
    }
}

#[test]
fn the_board_has_nothing_that_its_own_policy_would_stop() {
    let server = Running::start();
    let page = server.get("/").text().to_owned();
    assert!(!page.contains("<script>") && !page.contains("<style") && !page.contains("style="), "{page}");
    assert!(!page.contains(" onclick=") && !page.contains("javascript:"), "{page}");
}

/// Names and reasons are texts from outside: as markup they could do things.
#[test]
fn the_script_never_makes_markup_of_what_it_is_told() {
    let script = Running::start().get("/board.js").text().to_owned();
    for dangerous in ["innerHTML", "outerHTML", "insertAdjacentHTML", "document.write", "eval(", ".style"] {
        assert!(!script.contains(dangerous), "{dangerous}");
    }
}

#[test]
fn the_table_has_as_many_columns_as_the_script_fills() {
    let server = Running::start();
    let (page, script) = (server.get("/").text().to_owned(), server.get("/board.js").text().to_owned());
    let columns = page.matches("scope=\"col\"").count();
    assert!(script.contains(&format!("const COLUMNS = {columns};")), "{columns}");
}

#[test]
fn the_board_asks_in_which_zone_the_lines_are() {
    let server = Running::start();
    let script = server.get("/board.js").text().to_owned();
    assert!(script.contains("timeZone: shown.time_zone") && !script.contains("Europe/"));
    let figures: serde_json::Value = serde_json::from_slice(&server.get("/api/figures").body).unwrap();
    assert_eq!(figures["time_zone"], "Europe/Helsinki");
}
