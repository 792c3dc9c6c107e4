/** Limit: what the program makes of the outputs that it is told; tests/machines/aws-restore.test.ts has an engine tell them. */
import { databaseName, leavingOf, problemsOfMove, resourceName } from "../../../infra/targets/aws/move";

const first = "webstack-prod-database";
const moment = { from: first, at: "2026-11-20T03:00:00Z" };
const copy = databaseName("webstack", "prod", moment);
const now = Date.parse("2026-11-26T12:00:00Z");
const lines = (...given: Parameters<typeof problemsOfMove>) => problemsOfMove(...given).map(({ at, must }) => `${at}: ${must}`);

test("a copy has a name of its own, in RDS and in the program", () => {
  expect([databaseName("webstack", "prod", null), resourceName("webstack", "prod", first)]).toEqual([first, "database"]);
  expect([copy, resourceName("webstack", "prod", copy)]).toEqual([
    expect.stringMatching(/^webstack-prod-database-[0-9a-f]{6}$/),
    expect.stringMatching(/^database-[0-9a-f]{6}$/),
  ]);
});

test("the database that the site moves away from is let go in that run, and in no other", () => {
  expect(leavingOf(copy, moment, { instance: first, leaving: [] })).toEqual([first]);
  expect(leavingOf(copy, moment, { instance: copy, leaving: [first] })).toEqual([]);
  expect(leavingOf(first, null, undefined)).toEqual([]);
});

test("when it was the wrong moment, the database that the next copy is made from stays until that is there", () => {
  const other = { from: first, at: "2026-11-21T03:00:00Z" };
  expect(leavingOf(databaseName("webstack", "prod", other), other, { instance: copy, leaving: [first] })).toEqual([copy, first]);
  // A copy of the copy needs the first one no more.
  const second = { from: copy, at: "2026-11-26T03:00:00Z" };
  expect(leavingOf(databaseName("webstack", "prod", second), second, { instance: copy, leaving: [first] })).toEqual([copy]);
});

test("on its way back to a database that is still there the site leaves the copy", () => {
  expect(leavingOf(first, null, { instance: copy, leaving: [first] })).toEqual([copy]);
  expect(problemsOfMove(first, null, { instance: copy, leaving: [first] }, now)).toEqual([]);
});

test("a description that would give the site an empty database is refused", () => {
  expect(problemsOfMove(first, null, { instance: copy, leaving: [] }, now)).toEqual([
    {
      at: "database.restore",
      must: `must stay while the stack has the copy ${copy}: without it the site would get an empty database`,
      hint: `write restore back as it was, or {from: ${copy}, at: a moment} for another copy`,
    },
  ]);
  expect(lines(first, null, undefined, now)).toEqual([]);
});

test("where an earlier version did not write down which database the site has, one up without a restore comes first", () => {
  const unknown = { instance: "", leaving: [] };
  expect(lines(copy, moment, unknown, now)).toEqual([
    "database.restore: must be left out of the first up of this version, which writes down which database the site has",
  ]);
  expect([problemsOfMove(first, null, unknown, now), leavingOf(first, null, unknown)]).toEqual([[], []]);
});

test("a moment is judged while the copy is not there yet, and never again", () => {
  const future = { from: first, at: "2026-11-27T03:00:00Z" };
  const past = { from: first, at: "2026-10-01T03:00:00Z" };
  expect(lines("x", future, { instance: first, leaving: [] }, now)).toEqual([
    "database.restore.at: must be a moment that is over, by about five minutes",
  ]);
  expect(lines("x", past, { instance: first, leaving: [] }, now)).toEqual([
    "database.restore.at: must be of the last 35 days, for which RDS keeps moments at most",
  ]);
  expect(lines("x", past, { instance: "x", leaving: [] }, now)).toEqual([]);
  expect(lines("x", { from: "a-snapshot", at: "" }, undefined, now)).toEqual([]);
});
