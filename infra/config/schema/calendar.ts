import { leaf, type Type } from "./type";

/** Words that stand for a whole expression. https://www.freedesktop.org/software/systemd/man/latest/systemd.time.html */
const shorthands = ["minutely", "hourly", "daily", "weekly", "monthly", "quarterly", "semiannually", "yearly", "annually"];

const weekdays = ["mon", "tue", "wed", "thu", "fri", "sat", "sun"];
const longWeekdays = ["monday", "tuesday", "wednesday", "thursday", "friday", "saturday", "sunday"];
const daysInMonth = [31, 29, 31, 30, 31, 30, 31, 31, 30, 31, 30, 31];

/**
 * Values of one part of an expression, such as `0/15`, `1..5` or `6,18`; undefined where it is no such part or its values
 * lie outside `from` to `to`, where systemd refuses the unit too.
 */
function valuesOf(part: string, from: number, to: number): readonly number[] | undefined {
  if (part === "*") return Array.from({ length: to - from + 1 }, (_, i) => from + i);
  const values: number[] = [];
  for (const piece of part.split(",")) {
    const match = /^(\d{1,4})(?:\.\.(\d{1,4}))?(?:\/(\d{1,4}))?$/.exec(piece);
    if (match === null) return undefined;
    const start = Number(match[1]);
    const repeat = match[3] === undefined ? undefined : Number(match[3]);
    const stop = match[2] !== undefined ? Number(match[2]) : repeat === undefined ? start : to;
    // systemd refuses a range that ends before it begins, of seconds also one that ends where it begins, and a step that leads nowhere.
    if (
      start < from ||
      stop > to ||
      start > stop ||
      (match[2] !== undefined && start === stop) ||
      repeat === 0 ||
      (repeat !== undefined && start + repeat > stop)
    )
      return undefined;
    for (let value = start; value <= stop; value += repeat ?? 1) values.push(value);
  }
  return values;
}

function isWeekdays(part: string): boolean {
  const position = (name: string) => Math.max(weekdays.indexOf(name), longWeekdays.indexOf(name));
  return part
    .toLowerCase()
    .split(",")
    .every((piece) => {
      const { 0: first = "", 1: last = first, length } = piece.split("..");
      return length <= 2 && position(first) >= 0 && position(last) >= position(first);
    });
}

/** `*-*-01`, `12-24` or `*-02~01` (counted from the month's end), where at least one such day exists. */
function isDate(part: string): boolean {
  const match = /^(?:([^-~]+)-)?([^-~]+)([-~])([^-~]+)$/.exec(part);
  if (match === null) return false;
  const [, year = "*", month = "", from, day = ""] = match;
  const months = valuesOf(month, 1, 12);
  // Counted from the end, systemd takes the 28 days that every month has; of lists and steps it takes some, so here it is one day.
  const days = from === "-" ? valuesOf(day, 1, 31) : /^\d+$/.test(day) ? valuesOf(day, 1, 28) : undefined;
  const isYear = year === "*" || (/^\d{4}/.test(year) && valuesOf(year, 1970, 2199) !== undefined);
  // systemd takes `02-30` and then never runs it.
  return isYear && months !== undefined && days !== undefined && months.some((m) => Math.min(...days) <= (daysInMonth[m - 1] ?? 0));
}

function isTime(part: string): boolean {
  const { 0: hour = "", 1: minute = "", 2: second = "0", length } = part.split(":");
  return (
    length >= 2 &&
    length <= 3 &&
    valuesOf(hour, 0, 23) !== undefined &&
    valuesOf(minute, 0, 59) !== undefined &&
    valuesOf(second, 0, 59) !== undefined
  );
}

/**
 * Whether systemd would take this as OnCalendar= and run it some day: a shorthand, or weekdays, date and time in this
 * order, each of which may be left out, and at last `UTC`. Other time zones are refused, since hosts run in UTC.
 */
export function isCalendar(expression: string): boolean {
  if (shorthands.includes(expression.toLowerCase())) return true;
  const parts = expression.split(" ");
  if (parts.length > 1 && parts.at(-1) === "UTC") parts.pop();
  const left = [isWeekdays, isDate, isTime].reduce((rest, is) => (rest.length > 0 && is(rest[0] ?? "") ? rest.slice(1) : rest), parts);
  return left.length === 0;
}

/** A field of cron has no meaning here, so it is the likeliest mistake. */
const looksLikeCron = (value: unknown): boolean => typeof value === "string" && /^[\d*/,-]+ [\d*/,-]+ \S+ \S+ \S+$/.test(value);

export const schedule: Type<string> = leaf({
  says: "a calendar expression of systemd, in UTC",
  schema: { type: "string" },
  accept: (value) => (typeof value === "string" && isCalendar(value) ? value : undefined),
  hint: (value) => (looksLikeCron(value) ? 'this is the form of cron, where "0 6 * * *" means *-*-* 06:00:00' : undefined),
});
