// Types of the server's messages: the stream at /api/live and one line at /api/lines/ID. Instants are seconds since
// 1970, waits are seconds, shares are 0 to 1. An unknown value is null or absent, never 0.

/** @typedef {"phone" | "chat" | "sms"} Channel */
/** @typedef {"fi" | "sv" | "en"} LanguageCode */
/** @typedef {Record<string, number>} Counts How many, by the label the metric has. */

/**
 * @typedef {object} LineCard What a line is called, where it belongs and what is aimed at.
 * @property {string} line
 * @property {Channel} channel
 * @property {string} name_fi
 * @property {string} name_sv
 * @property {string} name_en
 * @property {string} group
 * @property {string} service_area
 * @property {Counts} [target_ratio]
 * @property {Counts} [alert_floor_ratio]
 */

/**
 * @typedef {object} IndicatorCard
 * @property {string} indicator
 * @property {string} name_fi
 * @property {string} name_sv
 * @property {string} name_en
 * @property {string} rule
 */

/**
 * @typedef {object} Hello
 * @property {string} version
 * @property {string} time_zone
 * @property {IndicatorCard[]} indicators
 * @property {LineCard[]} lines
 */

/**
 * @typedef {object} Distribution
 * @property {number} count
 * @property {number} sum
 * @property {Counts} at_or_below
 */

/**
 * @typedef {object} WindowFigures Those of a window; the stream leaves all out that only a line's detail shows.
 * @property {number} contacts_offered
 * @property {Counts} contacts_decided
 * @property {Record<string, Counts>} [promises]
 * @property {Counts} [indicator_good]
 * @property {Counts} [indicator_valid]
 * @property {Counts} [answer_wait_quantile_seconds]
 * @property {Counts} [callback_wait_quantile_seconds]
 * @property {Counts} [nps_answers]
 * @property {number} [contacts_handled]
 * @property {Counts} [outcomes]
 * @property {Counts} [callbacks_closed]
 * @property {Counts} [callback_attempts]
 * @property {Distribution} [answer_wait_seconds]
 */

/**
 * @typedef {object} LineFigures
 * @property {number} line_open
 * @property {number} [line_last_change_timestamp_seconds]
 * @property {number} [line_next_change_timestamp_seconds]
 * @property {number} contacts_waiting
 * @property {number} waiting_oldest_seconds
 * @property {{later: number, today: number, overdue: number}} callbacks_outstanding
 * @property {number} callback_oldest_seconds
 * @property {number} [callback_next_due_timestamp_seconds]
 * @property {number} [callback_next_due_open_seconds]
 * @property {Counts} promises_pending
 * @property {Record<string, WindowFigures | null>} windows
 */

/**
 * @typedef {object} Figures
 * @property {number} now_timestamp_seconds
 * @property {number | null} figures_as_of_timestamp_seconds
 * @property {number | null} complete_until_timestamp_seconds
 * @property {number} rebuild_progress_ratio
 * @property {boolean} complete
 * @property {string[]} reasons
 * @property {(LineFigures | null)[]} lines
 */

/**
 * @typedef {object} LineCourse What happened on a line in each slot of the day so far.
 * @property {number[]} offered
 * @property {number[]} answered
 * @property {number[]} callback_requested
 * @property {number[]} timed_out
 * @property {number[]} abandoned
 */

/**
 * @typedef {object} Day
 * @property {number} start_timestamp_seconds
 * @property {number} slot_seconds
 * @property {(LineCourse | null)[]} lines
 */

/** @typedef {LineCard & {figures: LineFigures | null}} WholeLine The answer of /api/lines/ID. */

export {};
