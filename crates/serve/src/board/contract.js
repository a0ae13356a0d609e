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
 * @property {string} group_fi
 * @property {string} group_sv
 * @property {string} group_en
 * @property {string} service_area
 * @property {VolumeGoal[]} volume_goals
 * @property {Counts} [target_ratio]
 * @property {Counts} [alert_floor_ratio]
 */

/**
 * @typedef {object} VolumeGoal A goal for the contacts of a month, until the next one `of` the same.
 * @property {"line" | "group" | "channel"} of
 * @property {number | null} valid_from_timestamp_seconds
 * @property {number | null} contacts_per_month
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
 * @property {boolean} contacts whether contacts may be listed
 * @property {string} [shard] the part of the county's lines that these are; absent if they are all
 * @property {IndicatorCard[]} indicators
 * @property {LineCard[]} lines
 * @property {{grafana?: string, runbook?: string}} links with `{line}` and `{alert}` to be filled in
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
 * @property {number} callback_overdue_oldest_seconds
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
 * @property {([number, number][] | null)[]} open the opening hours of each line on the day
 */

/** @typedef {LineCard & {figures: LineFigures | null}} WholeLine The answer of /api/lines/ID. */

/**
 * @typedef {object} PastBoard The answer of /api/at/SECONDS; with `line` if one was asked for.
 * @property {number} known_at_timestamp_seconds
 * @property {number | null} earliest_timestamp_seconds
 * @property {number | null} latest_timestamp_seconds
 * @property {Figures} figures
 * @property {Day} day
 * @property {WholeLine} [line]
 */

/** @typedef {LineCourse & {start_timestamp_seconds: number}} ComparedDay A day in slots. */
/** @typedef {{low: number, median: number, high: number}} Spread */
/** @typedef {{low: number[], median: number[], high: number[]}} Spreads */

/**
 * @typedef {object} ExpectedArrivals
 * @property {number[]} start_timestamp_seconds the midnights of the days by which it is expected
 * @property {Spreads} slots
 * @property {Spreads} cumulative
 * @property {Spread & {now: number}} so_far
 * @property {Spread} whole_day
 */

/**
 * @typedef {object} DayComparison The answer of /api/days/ID; with `?at=SECONDS` of that instant.
 * @property {string} line
 * @property {number} figures_as_of_timestamp_seconds
 * @property {number} slot_seconds
 * @property {{today: ComparedDay | null, yesterday: ComparedDay | null, last_week: ComparedDay | null}} days
 * @property {ExpectedArrivals | null} expected
 * @property {"few_days" | "holiday" | "closed" | null} not_expected
 */

/**
 * @typedef {object} ListedContact A contact without a name.
 * @property {number | null} arrived_timestamp_seconds
 * @property {number | null} decided_timestamp_seconds
 * @property {string | null} decided_by
 * @property {number | null} wait_seconds
 * @property {"answer" | "callback" | null} promise
 * @property {"kept" | "broken" | "void" | null} verdict
 * @property {number | null} deadline_timestamp_seconds
 * @property {number | null} adds
 * @property {boolean} is_chosen
 * @property {{timestamp_seconds: number, step: string, adds: number | null}[]} entries
 */

/**
 * @typedef {object} ContactSeries
 * @property {string} series
 * @property {"sum" | "quantile" | "single"} is
 * @property {"count" | "duration" | "instant"} unit
 * @property {number | null} number
 * @property {number} total
 * @property {{contacts: number, adds: number | null}} left_out
 * @property {ListedContact[]} contacts
 */

/**
 * @typedef {object} ContactList The answer of /api/contacts/ID.
 * @property {string} line
 * @property {string | null} window
 * @property {number} figures_as_of_timestamp_seconds
 * @property {ContactSeries[]} series
 */

export {};
