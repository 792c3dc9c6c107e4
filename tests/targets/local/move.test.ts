/**
 * Limit: what the program asks for in each run; tests/machines has an engine and machines for it, and hostctl's own tests what a host does.
 */
import * as pulumi from "@pulumi/pulumi";
import { problemLine } from "../../../infra/config/problems";
import { renderHosts } from "../../../infra/host";
import { toOutputs } from "../../../infra/outputs";
import { planStack } from "../../../infra/plan";
import { local } from "../../../infra/targets/local";
import type { ManagedDatabase } from "../../../infra/config/spec";
import { asksFor } from "../../../infra/targets/local/asksFor";
import { databasePlaces, placesOf, problemsOfEngine, problemsOfVersion } from "../../../infra/targets/local/move";
import * as store from "../../../providers/nspawn/store";
import { spec } from "../../config/baseline";
import { recordGraph, type Graph } from "../graph";

jest.mock("../../../providers/nspawn/store", () => ({
  ...jest.requireActual<object>("../../../providers/nspawn/store"),
  suiteOf: jest.fn(),
}));
/** What this box made a machine from; of no machine is anything known. */
const suite = jest.mocked(store.suiteOf);
beforeEach(() => suite.mockReset());

const first = { instance: "database-0", version: "15", leaving: [] };
const moved = { instance: "database-1", version: "17", leaving: ["database-0"] };

test("the verb moves the data to the machine beside the one that has them; without it they stay there, whatever version is wanted", () => {
  expect(placesOf("17", first, asksFor.move)).toEqual({ serving: "database-1", from: { name: "database-0", version: "15" }, kept: [] });
  expect(placesOf("15", moved, asksFor.move)).toEqual({ serving: "database-0", from: { name: "database-1", version: "17" }, kept: [] });
  expect(placesOf("17", first, "")).toEqual({ serving: "database-0", from: null, kept: [] });
  expect(placesOf("15", moved, "")).toEqual({ serving: "database-1", from: null, kept: ["database-0"] });
});

test("what was left is kept until somebody lets it go, and a stack that is new or told nothing has its first machine", () => {
  expect(placesOf("17", moved, "")).toEqual({ serving: "database-1", from: null, kept: ["database-0"] });
  expect(placesOf("17", moved, asksFor.move)).toEqual({ serving: "database-1", from: null, kept: ["database-0"] });
  expect(placesOf("17", moved, asksFor.drop)).toEqual({ serving: "database-1", from: null, kept: [] });
  expect(placesOf("17", undefined, "")).toEqual({ serving: "database-0", from: null, kept: [] });
  expect(placesOf("17", { instance: "", leaving: [] }, "")).toEqual({ serving: "database-0", from: null, kept: [] });
});

const state = (type: string, name: string): Record<string, unknown> => ({
  ...(type.endsWith(":Machine") ? { hostKey: "ssh-ed25519 AAAA" } : {}),
  ...(type.endsWith(":Network") ? { bridge: "ws-test", gateway: "10.20.0.1" } : {}),
  ...(type.endsWith(":Image") ? { path: `/images/${name}` } : {}),
  ...(type.endsWith(":Command")
    ? { stdout: name.endsWith("-role") ? JSON.stringify({ password: `of-${name}`, ca: `CA OF ${name}` }) : "" }
    : {}),
});

/** What a run asks for whose outputs before were these. */
async function run(database: object, asked: string, registered: string[] = [], before = () => Promise.resolve()): Promise<Graph> {
  const plan = planStack(spec({ host: { image: "debian-13" }, database: { version: "17" }, backup: { enabled: false } }));
  const secrets = {
    env: {},
    monitoring: {},
    sshPrivateKey: pulumi.secret("key"),
    sshPublicKey: "ssh-ed25519 PUBLIC",
    backupPassword: pulumi.secret(""),
  };
  const release = { digest: "00112233aabbccdd", source: "app", requirements: "requirements.txt", exclude: [] };
  if (asked !== "") process.env[asksFor.variable] = asked;
  try {
    return await recordGraph({
      stack: "test",
      state: (type, name) => {
        registered.push(type);
        return state(type, name);
      },
      call: () => before().then(() => ({ outputs: { hosts: [], release: "", database } })),
      program: () => toOutputs(local.build(plan, renderHosts(plan, release.digest), release, secrets)),
    });
  } finally {
    process.env[asksFor.variable] = "";
  }
}

const late = (graph: Graph) =>
  JSON.parse(String(graph.named("web-0-apply").opened["stdin"])) as {
    env: Record<string, string>;
    files: Record<string, string>;
    databaseFrom?: string;
  };
const ways = (graph: Graph) =>
  (graph.named("firewall").inputs["rules"] as { address: string; port: number }[])
    .filter(({ address }) => /\.(29|30)$/.test(address))
    .map(({ address, port }) => `${address}:${port}`)
    .sort();

test("a run that moves has both machines, each of the Debian of its version, and tells the host where the data are; nothing of the old one is other than before", async () => {
  const graph = await run(first, asksFor.move);
  const machines = ["database-0", "database-1"].map((name) => graph.named(name).inputs);
  expect(machines.map(({ suite, address, keepsData, runs }) => [suite, address, keepsData, runs])).toEqual([
    ["bookworm", "10.20.0.30", true, undefined],
    ["trixie", "10.20.0.29", true, undefined],
  ]);
  expect(String(graph.named("database-0-bundle").inputs["source"])).toContain("postgresql-15");
  expect(String(graph.named("database-1-bundle").inputs["source"])).toContain("postgresql-17");
  const { env, files, databaseFrom } = late(graph);
  expect([env["DATABASE_URL"], databaseFrom]).toEqual([
    expect.stringMatching(/:of-database-1-role@10\.20\.0\.29:5432\//),
    expect.stringMatching(/:of-database-role@10\.20\.0\.30:5432\//),
  ]);
  expect(files["/etc/webstack/database-ca.pem"]).toBe("CA OF database-1-role");
  expect(ways(graph)).toEqual(["10.20.0.29:22", "10.20.0.29:5432", "10.20.0.30:22", "10.20.0.30:5432"]);
  expect((graph.outputs as { database: unknown }).database).toMatchObject({
    host: "10.20.0.29",
    instance: "database-1",
    version: "17",
    leaving: ["database-0"],
  });
  expect(graph.clear).not.toMatch(/of-database-(1-)?role@/);
});

test("the runs after it keep the old machine, off and as it was made, and reach it by nothing", async () => {
  const graph = await run(moved, "");
  expect(graph.named("database-0")).toMatchObject({
    inputs: { runs: false, keepsData: true },
    options: { ignoreChanges: ["suite", "image", "userData", "memoryMiB", "cpus"] },
  });
  expect(graph.nodes.map(({ name }) => name).filter((name) => name.startsWith("database-0"))).toEqual(["database-0"]);
  expect(late(graph).databaseFrom).toBeUndefined();
  expect(ways(graph)).toEqual(["10.20.0.29:22", "10.20.0.29:5432"]);
  expect((graph.outputs as { database: unknown }).database).toMatchObject({ instance: "database-1", leaving: ["database-0"] });
});

test("a machine that keeps data stays as it began when its user-data changes, as by another key; a web host is made anew", async () => {
  const graph = await run(first, "");
  const ignored = (name: string) => graph.named(name).options["ignoreChanges"];
  expect([ignored("database-0"), ignored("web-0")]).toEqual([["userData"], undefined]);
});

test("let go, it is not declared any more", async () => {
  const graph = await run(moved, asksFor.drop);
  expect(graph.nodes.some(({ name }) => name.startsWith("database-0"))).toBe(false);
  expect((graph.outputs as { database: object }).database).not.toHaveProperty("leaving");
});

test("another engine is refused: none reads what the other wrote", async () => {
  expect(problemsOfEngine("postgres", "mysql", "shop").map(problemLine)).toEqual([
    'database.engine: must stay mysql: the site would begin without its data, got "postgres"; describe a stack of its own for ' +
      "postgres and carry the data over; or give them up first: npm run down -- shop",
  ]);
  expect(["postgres", undefined].map((had) => problemsOfEngine("postgres", had, "shop"))).toEqual([[], []]);
  const plan = planStack(spec({ database: { version: "17" } }));
  await expect(databasePlaces(plan, Promise.resolve({ hosts: [], release: "", database: { ...first, engine: "mysql" } }))).rejects.toThrow(
    "database.engine: must stay mysql",
  );
});

describe("a version that the machine with the data does not have", () => {
  const database = { kind: "managed", engine: "postgres", version: "17" } as ManagedDatabase;

  test("is refused with the version that stays and the way to the other", () => {
    expect(problemsOfVersion(database, "database-0", "bookworm", "shop").map(problemLine)).toEqual([
      'database.version: must be "15", which database-0 has, got "17"; write version: "15"; for 17, once npm run up has ended well ' +
        "with that, write it and run npm run upgrade -- shop, which moves the data",
    ]);
    expect(problemsOfVersion({ ...database, engine: "mysql", version: "10.11" }, "database-1", "trixie", "shop").map(problemLine)).toEqual([
      expect.stringContaining('must be "11.8", which database-1 has, got "10.11"'),
    ]);
    expect(["trixie", undefined].map((suite) => problemsOfVersion(database, "database-0", suite, "shop"))).toEqual([[], []]);
  });

  test("finds the web machine where it was: none is made anew before it is known that the data stay", async () => {
    const registered: string[] = [];
    let early: readonly string[] | undefined;
    await run(first, "", registered, async () => {
      await new Promise((done) => setTimeout(done, 100));
      early = [...registered];
    });
    expect([early, registered]).toEqual([
      expect.not.arrayContaining(["nspawn:index:Machine"]),
      expect.arrayContaining(["nspawn:index:Machine"]),
    ]);
    expect(early).toContain("nspawn:index:Network");
  });
});
