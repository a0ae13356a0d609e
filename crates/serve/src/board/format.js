// Numbers, durations and times in the reader's language. Times are in the time zone of the lines, wherever the screen
// is.

/** In whole percent, rounded down: 79.9 % has not kept a promise of 80 %. @param {number} ratio */
export const percentOf = (ratio) => Math.floor(100 * ratio + 1e-9);

/**
 * A percentage with its sign and a no-break space. A share above zero is never shown as 0 %.
 * @param {number} ratio
 * @param {(ratio: number) => number} [rounded] down, unless something else is fairer
 */
export function percent(ratio, rounded = percentOf) {
  return ratio > 0 && rounded(ratio) === 0 ? "<\u00a01\u00a0%" : `${rounded(ratio)}\u00a0%`;
}

/**
 * In percent with one decimal, as in the reports: rounded to the nearest, but 0 and 100 only if it is none or all.
 * @param {number} good @param {number} valid above 0
 */
export function tenths(good, valid) {
  const rounded = Math.round((1000 * good) / valid);
  if (good === 0 || good === valid) return rounded / 10;
  return Math.min(999, Math.max(1, rounded)) / 10;
}

/**
 * As on a clock below an hour (`4:07`), then in hours and minutes (`2 h 12`), from ten hours on in hours alone, then in
 * days and hours (`3 d 4 h`).
 * @param {number} seconds
 */
export function duration(seconds) {
  const whole = Math.max(0, Math.floor(seconds));
  const two = (/** @type {number} */ number) => String(number).padStart(2, "0");
  const [days, hours] = [Math.floor(whole / 86400), Math.floor(whole / 3600) % 24];
  const minutes = Math.floor(whole / 60) % 60;
  if (days > 0) return `${days}\u00a0d\u00a0${hours}\u00a0h`;
  if (hours >= 10) return `${hours}\u00a0h`;
  return hours > 0 ? `${hours}\u00a0h\u00a0${two(minutes)}` : `${minutes}:${two(whole % 60)}`;
}

/** For sentences, without full precision: `45 s`, `15 min`, `2 h`, `3 d`. @param {number} seconds */
export function roughly(seconds) {
  /** @type {[number, string][]} */
  const units = [[86400, "d"], [3600, "h"], [60, "min"]];
  const [size, name] = units.find(([size]) => seconds >= size) ?? [1, "s"];
  return `${Math.floor(seconds / size)}\u00a0${name}`;
}

/** The formats of a language in a time zone. They are made once, because making one is slow. */
export class Clock {
  /** @param {string} locale @param {string} timeZone */
  constructor(locale, timeZone) {
    const format = (/** @type {Intl.DateTimeFormatOptions} */ parts) =>
      new Intl.DateTimeFormat(locale, { timeZone, hourCycle: "h23", ...parts });
    this.timeFormat = format({ hour: "2-digit", minute: "2-digit", second: "2-digit" });
    this.minuteFormat = format({ hour: "numeric", minute: "2-digit" });
    this.dateFormat = format({ day: "numeric", month: "numeric" });
    this.yearFormat = format({ day: "numeric", month: "numeric", year: "numeric" });
    this.longWeekdayFormat = format({ weekday: "long" });
    this.weekdayFormat = format({ weekday: "short" });
    this.instantFormat = new Intl.DateTimeFormat("sv-SE", { timeZone, dateStyle: "short", timeStyle: "medium" });
    this.placeFormat = new Intl.DateTimeFormat("en-CA", { timeZone });
  }

  /** With seconds: `10.15.07`. @param {number} seconds */
  time(seconds) {
    return this.timeFormat.format(seconds * 1000);
  }

  /** Without: `8.00`. @param {number} seconds */
  minute(seconds) {
    return this.minuteFormat.format(seconds * 1000);
  }

  /** As commands take it: `2025-09-16T10:15:07`. @param {number} seconds */
  instant(seconds) {
    return this.instantFormat.format(seconds * 1000).replace(" ", "T");
  }

  /** `16.9.2025`. @param {number} seconds */
  date(seconds) {
    return this.yearFormat.format(seconds * 1000);
  }

  /** `tiistai 16.9.` @param {number} seconds */
  day(seconds) {
    return `${this.longWeekdayFormat.format(seconds * 1000)} ${this.dateFormat.format(seconds * 1000)}`;
  }

  /**
   * As short as is clear: `8.00` today, `ti 8.00` within six days, `ti 16.9. 8.00` beyond.
   * @param {number} seconds
   * @param {number} nowSeconds
   */
  near(seconds, nowSeconds) {
    const at = this.minute(seconds);
    const place = (/** @type {number} */ instant) => this.placeFormat.format(instant * 1000);
    if (place(seconds) === place(nowSeconds)) return at;
    const weekday = this.weekdayFormat.format(seconds * 1000);
    const far = Math.abs(seconds - nowSeconds) >= 6 * 86400;
    return far ? `${weekday} ${this.dateFormat.format(seconds * 1000)} ${at}` : `${weekday} ${at}`;
  }
}
