/** Limit: systemd-analyze of this machine judges; newer versions of systemd take more, never less. */
import { spawnSync } from "node:child_process";
import fc from "fast-check";
import { isCalendar } from "../../../infra/config/schema/calendar";

/** What systemd makes of it, or undefined where it refuses. */
function nextElapse(expression: string): string | undefined {
  const { status, stdout, error } = spawnSync("systemd-analyze", ["calendar", "--", expression], { encoding: "utf8" });
  if (error !== undefined) throw new Error(`systemd-analyze is needed here: ${error.message}; run apt-get install systemd`);
  return status === 0 ? (/Next elapse: (.*)/.exec(stdout)?.[1] ?? "") : undefined;
}

// prettier-ignore
test.each([
  "daily", "Weekly", "quarterly", "Mon", "Mon..Fri", "Mon,Wed *-*-* 06:00", "Monday 5:00", "Mon..Wed,Fri 08:00", "*-*-01 06:00:00",
  "06:00", "*:0/15", "0/2:00", "12-24 18:00", "*-02~01", "*-02-29", "Sun *-*-1..7 4:00", "*-1,7-01", "06:00 UTC", "*-*-* *:*:*",
  "*:5..10/2", "2199-12-31",
])("takes %s, and so does systemd", (expression) => {
  expect(isCalendar(expression)).toBe(true);
  expect(nextElapse(expression)).not.toBe(undefined);
  expect(nextElapse(expression)).not.toBe("never");
});

// prettier-ignore
test.each([
  "", " ", "foo", "Fri..Mon", "24:00", "12:60", "*-13-01", "*-00-01", "*-01-32", "*:*/5", "*:0/0", "*:50/20", "*:10..5", "daily 06:00",
  "* *:0:0", "1,2,3", "06", "UTC", "1969-01-01", "*-*-31/1", "0 6 * * *", "06:00\n", "06:00  UTC", " 06:00", "06:00; rm",
])("refuses %j", (expression) => {
  expect(isCalendar(expression)).toBe(false);
});

test.each(["*-02-30", "*-04,06-31 06:00", "06:00 Europe/Paris"])(
  "refuses %s, which systemd takes but which would run never or not in UTC",
  (expression) => {
    expect(isCalendar(expression)).toBe(false);
    expect(nextElapse(expression)).not.toBe(undefined);
  },
);

test("takes nothing that systemd refuses or never runs", () => {
  const number = fc.integer({ min: 0, max: 61 }).map(String);
  const part = fc.oneof(
    fc.constant("*"),
    number,
    fc.tuple(number, number).map(([a, b]) => `${a}..${b}`),
    fc.tuple(number, number).map(([a, b]) => `${a}/${b}`),
    fc.tuple(number, number).map(([a, b]) => `${a},${b}`),
    fc.tuple(number, number, number).map(([a, b, c]) => `${a}..${b}/${c}`),
  );
  const date = fc.tuple(fc.constantFrom("", "*-"), part, fc.constantFrom("-", "~"), part).map((parts) => parts.join(""));
  const time = fc.oneof(fc.tuple(part, part), fc.tuple(part, part, part)).map((parts) => parts.join(":"));
  const day = fc.constantFrom("Mon", "Tue..Fri", "sat,Sun", "Sunday");
  const expression = fc.tuple(fc.option(day), fc.option(date), fc.option(time)).map((parts) => parts.filter((p) => p !== null).join(" "));
  fc.assert(
    fc.property(expression.filter(isCalendar), (taken) => {
      expect([taken, nextElapse(taken) ?? "refused"]).not.toEqual([taken, expect.stringMatching(/^(never|refused)$/)]);
    }),
    { numRuns: 150 },
  );
});
