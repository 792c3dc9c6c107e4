import { runAll, startable } from "../../../cli/test/schedule";
import type { Suite } from "../../../cli/test/suite";

const suite = (name: string, place: Suite["place"], minutes = 1, beside?: number): Suite => ({
  name,
  place,
  minutes,
  ...(beside === undefined ? {} : { beside }),
  files: [],
  run: () => Promise.reject(new Error("not asked")),
});
const names = (suites: readonly Suite[]) => suites.map(({ name }) => name);
const machines = (...minutes: readonly number[]) => minutes.map((one) => suite(`m${one}`, "machines", one));

test("four suites on machines run at once, the longest first, and nothing begins to compute beside more than two", () => {
  const computing = [suite("lint", "processor"), suite("pure", "processor", 3), suite("goldens", "processor", 2)];
  expect(names(startable([...computing, ...machines(1, 4, 2, 5, 3)], []))).toEqual(["m5", "m4", "m3", "m2"]);
  expect(names(startable([suite("m1", "machines"), ...computing], machines(2, 3, 4, 5)))).toEqual([]);
  expect(names(startable(computing, machines(1, 2, 3)))).toEqual([]);
  expect(names(startable(computing, machines(1, 2)))).toEqual(["pure", "goldens"]);
});

test("what computes has the lowest priority, so no third suite on machines takes the processors from it once it has begun", () => {
  expect(names(startable(machines(1, 2, 3), [suite("pure", "processor")]))).toEqual(["m3", "m2"]);
  expect(names(startable(machines(1), [suite("pure", "processor"), ...machines(2, 3)]))).toEqual([]);
  expect(names(startable([suite("lint", "processor")], [suite("pure", "processor"), suite("mocks", "processor")]))).toEqual([]);
});

test("loads come first, each beside as few others on machines as it asks for, and beside what computes", () => {
  const [faults, overload] = [suite("faults", "machines", 9, 1), suite("overload", "machines", 1, 0)];
  const pure = suite("pure", "processor");
  expect(names(startable([...machines(5, 4), faults, overload, pure], []))).toEqual(["overload", "pure"]);
  expect(names(startable([...machines(5, 4), faults], [overload, pure]))).toEqual([]);
  expect(names(startable([...machines(5, 4), faults, pure], []))).toEqual(["faults", "m5", "pure"]);
  expect(names(startable(machines(4), [faults, ...machines(5)]))).toEqual([]);
  expect(names(startable([overload], machines(1)))).toEqual([]);
});

test("two suites on one stack take turns", () => {
  const on = (name: string, minutes: number): Suite => ({ ...suite(name, "machines", minutes), stack: "shop" });
  expect(names(startable([on("one", 2), on("two", 1), suite("m1", "machines")], []))).toEqual(["one", "m1"]);
  expect(names(startable([on("two", 1)], [on("one", 2)]))).toEqual([]);
});

test("every suite runs once, and never more on machines beside another than it asks for", async () => {
  const suites = [
    suite("a", "machines", 1, 0),
    suite("b", "machines"),
    suite("c", "processor"),
    suite("d", "machines", 1, 0),
    suite("e", "machines"),
    suite("f", "machines", 1, 1),
    suite("g", "machines"),
  ];
  const running = new Set<Suite>();
  const ran: string[] = [];
  await runAll(suites, async (one) => {
    running.add(one);
    const others = [...running].filter(({ place }) => place === "machines").length - 1;
    for (const { beside = 3 } of running) expect(others).toBeLessThanOrEqual(beside);
    await new Promise((resolve) => setTimeout(resolve, 5));
    running.delete(one);
    ran.push(one.name);
  });
  expect(ran.sort()).toEqual(["a", "b", "c", "d", "e", "f", "g"]);
});
