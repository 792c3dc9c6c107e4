import { readFileSync } from "node:fs";
import { join, resolve } from "node:path";
import { xmlFault } from "./xml";
import { pictures } from "../../cli/diagram";
import { listed, sceneOf } from "../../cli/diagram/scene";
import { svg } from "../../cli/diagram/svg";
import { planStack } from "../../infra/plan";
import { spec } from "../config/baseline";

const project = resolve(__dirname, "../..");

test.each([...pictures()])("%s is fresh (npm run diagram -- --docs)", (path, drawn) => {
  expect(readFileSync(join(project, path), "utf8")).toBe(drawn);
});

test("the README shows a picture that is made here", () => {
  const shown = /!\[[^\]]*\]\(([^)]+\.svg)\)/.exec(readFileSync(join(project, "README.md"), "utf8"))?.[1];
  expect([...pictures().keys()]).toContain(shown);
});

const busy = () =>
  planStack(
    spec({
      host: { memoryMiB: 8192, cpus: 4 },
      services: {
        api: { kind: "asgi", module: "api.main:app", workers: 2, path: "/api/" },
        web: { kind: "wsgi", module: "web.wsgi:application", workers: 2, threads: 4 },
        mailer: { kind: "command", command: "python -m mailer --when '<now>' --and \"&\"" },
      },
      static: { "/static/": "static", "/media/": "media" },
      jobs: Object.fromEntries(
        Array.from({ length: 8 }, (_, index) => [`job-${index}`, { run: "python job.py", schedule: "hourly", memoryMiB: 32 }]),
      ),
      access: { sshFrom: ["192.0.2.0/24", "198.51.100.0/24", "203.0.113.0/24", "2001:db8::/32"] },
    }),
  );

test("who may connect is told with every port that the plan opens to them", () => {
  const { actors } = sceneOf(busy());
  expect(actors).toEqual([
    { name: "Customers", details: ["from everywhere"], ports: ["80"] },
    { name: "Operators", details: ["192.0.2.0/24", "198.51.100.0/24", "and 2 more"], ports: ["22"] },
  ]);
});

test("each service, job and store of a busy stack is there, and the picture is well-formed", () => {
  const drawn = svg(sceneOf(busy()));
  for (const word of [
    ">web-0<",
    ">api<",
    ">web<",
    ">mailer<",
    ">/api/<",
    ">/static/<",
    ">job-0<",
    ">and 3 more<",
    ">PostgreSQL 17<",
    ">5432<",
    ">Backups<",
    ">22<",
    ">80<",
  ])
    expect(drawn).toContain(word);
  expect(drawn.match(/class="blue"/g)).toHaveLength(2);
  expect(xmlFault(drawn)).toBe("well-formed");
});

test("somebody else's database is shown as that, and nothing of where it is", () => {
  const plan = planStack(spec({ database: { kind: "external", connections: 50 } }, "DATABASE_URL"));
  expect(sceneOf(plan).database).toEqual({
    name: "PostgreSQL",
    details: ["somebody else's service", "16 of 50 connections"],
    port: "",
    why: "TLS",
  });
});

test("a stack without a database and backups shows none", () => {
  const drawn = svg(sceneOf(planStack(spec({ database: { kind: "none" } }))));
  expect(drawn).not.toMatch(/PostgreSQL|Backups|undefined|NaN/);
});

test("a picture of DigitalOcean shows the port of its databases, and no address but the network's", () => {
  const drawn = pictures().get("docs/diagrams/prod.svg") ?? "";
  expect(drawn).toContain(">25060<");
  expect(drawn).not.toContain("5432");
  expect(drawn.match(/10\.\d+\.\d+\.\d+\S*/g)).toEqual(["10.20.0.0/24</text>"]);
});

test("a database whose port the plan does not know would have none on its arrow", () => {
  const plan = busy();
  expect(sceneOf({ ...plan, endpoints: { ...plan.endpoints, database: null } }).database?.port).toBe("");
});

test("a list that is too long says how much of it is left out", () => {
  expect(listed(["a", "b", "c"], 3)).toEqual(["a", "b", "c"]);
  expect(listed(["a", "b", "c", "d"], 3)).toEqual(["a", "b", "and 2 more"]);
});
