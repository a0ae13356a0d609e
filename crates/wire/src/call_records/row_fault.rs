//! Why a row of a call record file is refused, or a cell of it left out: one table with the remedies.

macro_rules! row_faults {
    ($($(#[$meta:meta])* $member:ident = $code:literal, $scope:ident, $advice:literal;)+) => {
        ensilinja_model::vocabulary! {
            /// Why a row is refused, or a cell of it left out. It repeats no text of the row.
            RowFault { $($(#[$meta])* $member = $code,)+ }
        }

        impl RowFault {
            /// What to do about it.
            #[must_use]
            pub const fn advice(self) -> &'static str {
                match self { $(Self::$member => $advice,)+ }
            }

            /// Whether only the cell is left out, and the rest of the row counts.
            #[must_use]
            pub const fn is_of_a_cell(self) -> bool {
                match self { $(Self::$member => row_faults!(@ $scope),)+ }
            }
        }
    };
    (@ row) => { false };
    (@ cell) => { true };
}

row_faults! {
    /// The bytes are not text in the encoding of the file.
    NotText = "not_text", row,
        "set encoding to that of the file, such as \"windows-1252\"";
    /// The row has another number of fields than the header.
    FieldCount = "field_count", row,
        "check separator and quotes; a separator within a field needs quotes around the field";
    /// The row names no queue.
    NoQueue = "no_queue", row,
        "check columns.queue; rows that are no contacts can be ignored by a word of [results]";
    /// The queue is not in the table.
    QueueNotMapped = "queue_not_mapped", row,
        "add the queue to [queues], or to ignore";
    /// The row does not say when the contact arrived, and it does not follow from the rest.
    NoArrival = "no_arrival", row,
        "map columns.arrived, or ended and duration";
    /// A time is not in the format that is configured, or no such day or hour exists.
    BadTime = "bad_time", row,
        "check the format of the column, such as \"%d.%m.%Y %H:%M:%S\"";
    /// A local time is within the hour that is left out when the clocks go forward.
    TimeSkipped = "time_skipped", row,
        "check time_zone: the file may have UTC (\"Etc/UTC\"), or winter time all year (\"Etc/GMT-2\" in Finland)";
    /// A local time is within the hour that comes twice when the clocks go back.
    TimeTwice = "time_twice", row,
        "export times with their offset (%z), or set repeated_time to \"earlier\" or \"later\"";
    /// A time is before the arrival, or an end before its beginning.
    OutOfOrder = "out_of_order", row,
        "check which columns are mapped to arrived, answered, left and ended";
    /// A duration is not in the format that is configured.
    BadDuration = "bad_duration", row,
        "check the format of the column, such as \"hh:mm:ss\", and decimal";
    /// The row does not say what came of the contact.
    NoResult = "no_result", row,
        "map columns.result, or set otherwise to the result of such rows";
    /// The result is not in the table.
    UnknownResult = "unknown_result", row,
        "add the word to [results]";
    /// What came of the callback is not in the table.
    UnknownCallbackResult = "unknown_callback_result", row,
        "add the word to [callbacks]";
    /// The row does not say when the callback reached the customer or was closed, or closed it without a result.
    IncompleteCallback = "incomplete_callback", row,
        "map columns.callback_closed together with columns.callback_result";
    /// The id of the contact, or of the visit, is too long.
    IdTooLong = "id_too_long", row,
        "map a shorter id, or none: an id is then derived from the row";
    /// The id looks like a telephone number or a personal identity code.
    PersonalId = "personal_id", row,
        "map another column, or none: an id is then derived from the row";
    /// The outcome is not in the table.
    UnknownOutcome = "unknown_outcome", cell,
        "add the word to [outcomes]";
    /// The recommendation is not a whole number from 0 to 10.
    BadScore = "bad_score", cell,
        "map columns.nps to the answer from 0 to 10";
    /// The answer to a question is not in the table.
    UnknownAnswer = "unknown_answer", cell,
        "add the word to [answers]";
    /// The time of an outcome or of feedback is wrong.
    BadLaterTime = "bad_later_time", cell,
        "check the formats of outcome_at and feedback_at; both are after the arrival";
}
