import { connectionsOf, httpServices, isHttp, kindOf, slotsOf, unitsOf } from "../../infra/services";
import { spec } from "../config/baseline";

const { services } = spec({
  services: {
    web: { kind: "wsgi", module: "shop.wsgi:application", workers: 2, threads: 4 },
    worker: { kind: "command", command: "python work.py" },
  },
});

test("what answers HTTP has two slots, each a unit of systemd, and what does not has one", () => {
  expect(services.map((service) => [service.name, isHttp(service), slotsOf(service), unitsOf(service)])).toEqual([
    ["web", true, 2, ["web@blue.service", "web@green.service"]],
    ["worker", false, 1, ["worker.service"]],
  ]);
  expect(httpServices(services).map(({ name }) => name)).toEqual(["web"]);
});

test("connections are those of every worker and thread of both slots, one for a command, and one for each job", () => {
  expect(connectionsOf(services, 3)).toBe(2 * 2 * 4 + 1 + 3);
});

test("a kind that there is not is refused by name", () => {
  expect(() => kindOf({ name: "web", kind: "cobol" })).toThrow(/^services\.web\.kind: must be one of .*\bwsgi\b.*, got cobol$/);
});
