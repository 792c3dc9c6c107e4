import { planGroups } from "../../infra/plan/groups";
import { spec, type Raw } from "../config/baseline";

const inCloud = { site: { domain: "www.example.org" }, access: { sshFrom: ["203.0.113.0/24"] } };
const groups = (raw: Raw, ...secrets: readonly string[]) => planGroups(spec(raw, ...secrets)).map(({ role, size }) => `${size} ${role}`);

test("a target without services has a machine for each part of the stack", () => {
  expect(groups({})).toEqual(["1 web", "1 database", "1 backup"]);
  expect(groups({ backup: { enabled: false } })).toEqual(["1 web", "1 database"]);
  expect(groups({ database: { kind: "none" } })).toEqual(["1 web"]);
  expect(groups({ database: { kind: "external", connections: 40 } }, "DATABASE_URL")).toEqual(["1 web", "1 backup"]);
});

test.each(["digitalocean", "aws"])("%s brings database and backups as services, so that its machines serve the site alone", (target) => {
  expect(groups({ target, ...inCloud })).toEqual(["1 web"]);
});
