import { runAll, startable } from "../../../cli/test/schedule";
import type { Place, Suite } from "../../../cli/test/suite";

const suite = (name: string, place: Place, minutes = 1): Suite => ({ name, place, minutes, files: [], run: () => Promise.reject(new Error("not asked")) });
const names = (suites: readonly Suite[]) => suites.map(({ name }) => name);

test("four suites on machines run at once, the longest first, and nothing computes beside them", () => {
  const waiting = [suite("lint", "processor"), suite("pure", "processor", 3), ...[1, 4, 2, 5, 3].map((minutes) => suite(`m${minutes}`, "machines", minutes))];
  expect(names(startable(waiting, []))).toEqual(["m5", "m4", "m3", "m2"]);
  expect(names(startable([suite("m1", "machines"), suite("pure", "processor")], [suite("m2", "machines"), suite("m3", "machines"), suite("m4", "machines"), suite("m5", "machines")]))).toEqual([]);
  expect(names(startable([suite("pure", "processor")], [suite("m1", "machines")]))).toEqual([]);
});

test("a load waits until no machines but its own run, and has one suite that computes beside it", () => {
  const load = suite("faults", "alone", 9);
  expect(names(startable([load, suite("overload", "alone"), suite("lint", "processor"), suite("pure", "processor", 3)], []))).toEqual(["faults", "pure"]);
  expect(names(startable([load], [suite("m1", "machines")]))).toEqual([]);
  expect(names(startable([load, suite("m1", "machines")], []))).toEqual(["m1"]);
  expect(names(startable([load, suite("overload", "alone")], [suite("pure", "processor")]))).toEqual(["faults"]);
  expect(names(startable([suite("overload", "alone"), suite("lint", "processor")], [load]))).toEqual(["lint"]);
});

test("two suites on one stack take turns", () => {
  const on = (name: string, minutes: number): Suite => ({ ...suite(name, "machines", minutes), stack: "shop" });
  expect(names(startable([on("one", 2), on("two", 1), suite("m1", "machines")], []))).toEqual(["one", "m1"]);
  expect(names(startable([on("two", 1)], [on("one", 2)]))).toEqual([]);
});

test("every suite runs once, and never two alone ones at once", async () => {
  const suites = [suite("a", "alone"), suite("b", "machines"), suite("c", "processor"), suite("d", "alone"), suite("e", "machines")];
  const loud = () => [...running].filter(({ place }) => place !== "processor").length;
  const running = new Set<Suite>();
  const ran: string[] = [];
  await runAll(suites, async (one) => {
    running.add(one);
    if (one.place === "alone") expect(loud()).toBe(1);
    await new Promise((resolve) => setTimeout(resolve, 5));
    running.delete(one);
    ran.push(one.name);
  });
  expect(ran.sort()).toEqual(["a", "b", "c", "d", "e"]);
});
