//! The host in the prefix that a syslog daemon writes before a line.

/// Parts a prefix from the line of `queue_log` behind it: `2026-11-29T15:09:37+02:00 pbx1 queue_log: 1795957777|...`.
/// Without such a line, everything is the line.
pub(super) fn part(text: &str) -> (&str, &str) {
    let text = text.trim_matches(|c: char| c.is_ascii_whitespace() || matches!(c, '\0' | '\u{feff}'));
    if starts_line(text) {
        return ("", text);
    }
    let place = text.match_indices(' ').map(|(at, _)| at + 1).find(|at| starts_line(&text[*at..]));
    place.map_or(("", text), |at| (&text[..at], &text[at..]))
}

/// Whether a text begins as a line does: with nine to eleven digits, perhaps decimals, and a bar.
fn starts_line(text: &str) -> bool {
    let after = text.trim_start_matches(|c: char| c.is_ascii_digit());
    let digits = text.len() - after.len();
    let after = match after.strip_prefix('.') {
        Some(decimals) => decimals.trim_start_matches(|c: char| c.is_ascii_digit()),
        None => after,
    };
    (9..=11).contains(&digits) && after.starts_with('|')
}

/// The host in a prefix: `<134>1 TIME HOST ...` (RFC 5424), `TIME HOST ...`, or `Nov 29 15:09:37 HOST ...` (RFC 3164).
pub(super) fn of_prefix(prefix: &str) -> Option<&str> {
    let after_priority = match prefix.strip_prefix('<') {
        Some(rest) => rest.split_once('>')?.1,
        None => prefix,
    };
    let mut words = after_priority.split_ascii_whitespace().peekable();
    words.next_if_eq(&"1");
    let first = words.next()?;
    let is_month = first.len() == 3 && first.bytes().all(|byte| byte.is_ascii_alphabetic());
    words.nth(if is_month { 2 } else { 0 })
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_prefix_is_parted_from_the_line_and_names_the_host() {
        let line = "1795957777|1795957777.0|q_one|NONE|ENTERQUEUE||1|1";
        for (prefix, host) in [
            ("2026-11-29T15:09:37.123456+02:00 pbx1 queue_log ", Some("pbx1")),
            ("Nov 29 15:09:37 pbx1 queue_log: ", Some("pbx1")),
            ("<134>Nov  9 15:09:37 pbx1 queue_log: ", Some("pbx1")),
            ("<134>1 2026-11-29T15:09:37Z pbx1 queue_log - - - ", Some("pbx1")),
            ("<134>", None),
            ("", None),
        ] {
            let text = format!("{prefix}{line}\r\n");
            if prefix == "<134>" {
                assert_eq!(part(&text), ("", text.trim()), "no blank before the line");
                continue;
            }
            assert_eq!(part(&text), (prefix, line));
            assert_eq!(of_prefix(prefix), host, "{prefix}");
        }
        assert_eq!(part("no line 12|x"), ("", "no line 12|x"));
    }
}
