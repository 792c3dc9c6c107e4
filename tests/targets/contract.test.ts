/**
 * What every target owes a plan, whatever it builds it from. Limit: mocks; tests/machines and the clouds themselves show what comes of it.
 */
import * as pulumi from "@pulumi/pulumi";
import { debians, defaultDebian } from "../../infra/config/catalog/debian";
import type { Secrets } from "../../infra/config/load";
import { renderHosts } from "../../infra/host";
import { siteEnvironment } from "../../infra/host/environment";
import { userData } from "../../infra/host/user-data";
import { toOutputs } from "../../infra/outputs";
import { planStack } from "../../infra/plan";
import { hostsOf } from "../../infra/plan/hosts";
import type { StackPlan } from "../../infra/plan/plan";
import * as verify from "../../infra/release/verify";
import { aws } from "../../infra/targets/aws";
import { regionCa } from "../../infra/targets/aws/database";
import { digitalocean } from "../../infra/targets/digitalocean";
import { local } from "../../infra/targets/local";
import type { Target } from "../../infra/targets/target";
import { spec, type Raw } from "../config/baseline";
import { faultsOf } from "../host/shape";
import { answer, stateOf as awsState } from "./aws";
import { stateOf } from "./digitalocean";
import { expectRendered, recordGraph, type Graph, type GraphNode } from "./graph";

jest.mock("../../infra/release/verify", () => ({ ...jest.requireActual<object>("../../infra/release/verify"), verifyHost: jest.fn() }));
const verifyHost = jest.mocked(verify.verifyHost);

/** What a suite for all must know of each: where an opening of its firewall is written, and what its machines are. */
interface Case {
  readonly name: string;
  readonly target: Target;
  readonly machine: string;
  readonly state: (type: string, name: string, inputs: Readonly<Record<string, unknown>>) => Readonly<Record<string, unknown>>;
  readonly call: (token: string) => Readonly<Record<string, unknown>>;
  readonly ca: string;
  /** Where the database's URL is, of what a host is told late; with another login's place in it where the host makes that itself. */
  readonly databaseUrl: (late: Late) => string;
  /** Openings to the web host's ports, as "tcp PORT from SOURCE". */
  openings(graph: Graph, plan: StackPlan): readonly string[];
  /** Who may reach the database. */
  databaseClients(graph: Graph, plan: StackPlan): readonly string[];
}

interface Late {
  readonly env: Readonly<Record<string, string>>;
  readonly files: Readonly<Record<string, string>>;
}

const sshPublicKey = "ssh-ed25519 PUBLIC";

/** What the machine is asked to prove itself with. */
const tokenOf = (graph: Graph): string => (JSON.parse(String(graph.named("web-0-host-key").opened["stdin"])) as { token: string }).token;

const inEnvironment = ({ env }: Late): string => env["DATABASE_URL"] ?? "";

const localState = (type: string, name: string): Record<string, unknown> => ({
  ...(type.endsWith(":Machine") ? { hostKey: "ssh-ed25519 AAAA" } : {}),
  ...(type.endsWith(":Network") ? { bridge: "ws-test", gateway: "10.20.0.1" } : {}),
  ...(type.endsWith(":Image") ? { path: "/images/x" } : {}),
  ...(type.endsWith(":Command") ? { stdout: name === "database-role" ? '{"password":"p","ca":"CA TEXT"}' : "" } : {}),
});

interface LocalRule {
  readonly address: string;
  readonly protocol: string;
  readonly port: number;
  readonly from: readonly string[];
}

const cases: readonly Case[] = [
  {
    name: "local",
    target: local,
    machine: "nspawn:index:Machine",
    state: localState,
    call: () => ({}),
    ca: "CA TEXT",
    databaseUrl: inEnvironment,
    openings: (graph, plan) =>
      (graph.named("firewall").inputs["rules"] as LocalRule[])
        .filter(({ address }) => address === plan.hosts[0]?.address)
        .flatMap(({ protocol, port, from }) => from.map((source) => `${protocol} ${port} from ${source}`)),
    databaseClients: (graph, plan) =>
      (graph.named("firewall").inputs["rules"] as LocalRule[])
        .filter(({ address, port }) => address === plan.endpoints.database?.name && port === 5432)
        .flatMap(({ from }) => from.map((source) => (source === `${plan.hosts[0]?.address}/32` ? "web" : source))),
  },
  {
    name: "digitalocean",
    target: digitalocean,
    machine: "digitalocean:index/droplet:Droplet",
    state: stateOf,
    call: () => ({ certificate: "CA TEXT" }),
    ca: "CA TEXT",
    databaseUrl: inEnvironment,
    openings: (graph) =>
      (graph.named("firewall").inputs["inboundRules"] as { protocol: string; portRange: string; sourceAddresses: string[] }[]).flatMap(
        ({ protocol, portRange, sourceAddresses }) => sourceAddresses.map((source) => `${protocol} ${portRange} from ${source}`),
      ),
    databaseClients: (graph, plan) =>
      (graph.named("database-firewall").inputs["rules"] as { type: string; value: string }[]).map(({ type, value }) =>
        type === "tag" && value === `${plan.labels.project}-${plan.labels.stack}-web` ? "web" : `${type} ${value}`,
      ),
  },
  {
    name: "aws",
    target: aws,
    machine: "aws:ec2/instance:Instance",
    state: (type, name, inputs) => awsState(type, name, inputs, "eu-central-1"),
    call: answer,
    ca: regionCa("eu-central-1"),
    databaseUrl: ({ files }) => (JSON.parse(files["/etc/webstack/database-login.json"] ?? "{}") as { url: string }).url,
    openings: (graph) =>
      opened(graph, "web-firewall-id").map(
        ({ ipProtocol, fromPort, cidrIpv4, cidrIpv6 }) => `${String(ipProtocol)} ${String(fromPort)} from ${String(cidrIpv4 ?? cidrIpv6)}`,
      ),
    databaseClients: (graph) =>
      opened(graph, "database-firewall-id").map(({ referencedSecurityGroupId }) =>
        referencedSecurityGroupId === "web-firewall-id" ? "web" : String(referencedSecurityGroupId),
      ),
  },
];

function opened(graph: Graph, group: string) {
  return graph
    .ofType("aws:vpc/securityGroupIngressRule:SecurityGroupIngressRule")
    .map(({ inputs }) => inputs)
    .filter(({ securityGroupId }) => securityGroupId === group);
}

const digest = "00112233aabbccdd";

describe.each(cases)("$name", ({ target, machine, state, call, ca, databaseUrl, openings, databaseClients }) => {
  let plan: StackPlan;
  let graph: Graph;
  let late: Late;
  /** The graph of a run whose stack has these outputs. */
  let graphAfter: (outputs: object, of?: StackPlan) => Promise<Graph>;

  const planned = (changes: Raw = {}, ...secrets: readonly string[]) =>
    planStack(
      spec(
        {
          target: target.name,
          secrets: ["API_KEY"],
          env: { MODE: "test" },
          access: { sshFrom: ["203.0.113.0/24"] },
          backup: { enabled: false },
          services: { web: { kind: "wsgi", module: "ocpizza.wsgi:application", workers: 1 } },
          ...(target.name === "local" ? {} : { site: { domain: "www.example.org" } }),
          ...changes,
        },
        ...secrets,
      ),
    );

  beforeAll(async () => {
    plan = planned();
    const secrets: Secrets = {
      env: { API_KEY: pulumi.secret("api-marker") },
      sshPrivateKey: pulumi.secret("key-marker"),
      sshPublicKey,
      backupPassword: pulumi.secret("backup-marker"),
      databaseUrl: pulumi.secret("postgres://app:url-marker@db.example.net:6543/prices?sslmode=require"),
      monitoring: {},
    };
    const release = { digest, source: "app", requirements: "requirements.txt", exclude: [] };
    graphAfter = (outputs, of = plan) =>
      recordGraph({
        stack: "test",
        state,
        id: (_type, name) => (name === "web-0" ? "4711" : `${name}-id`),
        call: (token) => (token === "pulumi:pulumi:readStackOutputs" ? { outputs } : call(token)),
        program: () => toOutputs(target.build(of, renderHosts(of, digest), release, secrets)),
      });
    graph = await graphAfter({});
    late = JSON.parse(String(graph.named("web-0-apply").opened["stdin"])) as Late;
  });

  test.each<[string, Raw]>([
    ["", {}],
    [", with backups", { backup: {} }],
  ])("brings to each host what was rendered for it, and renders nothing itself%s", async (_, more) => {
    const of = planned(more);
    expectRendered(await graphAfter({}, of), renderHosts(of, digest));
  });

  test("builds each planned host once", () => {
    const planned = hostsOf(plan, "web").map(({ name }) => name);
    expect(
      graph
        .ofType(machine)
        .map(({ name }) => name)
        .filter((name) => name.startsWith("web-")),
    ).toEqual(planned);
  });

  test.each<[string, Raw]>([
    ["", {}],
    [", with HTTP/3", { site: { domain: "www.example.org", tls: "letsencrypt", http3: true }, host: { image: "debian-13" } }],
  ])("opens no port the plan lacks, and each one that it has%s", async (_, changes) => {
    const plan = planned(changes);
    const graph = await graphAfter({}, plan);
    const asked = plan.firewall
      .filter(({ to }) => to === "web")
      .flatMap(({ protocol, port, from }) =>
        from.map((source) => `${protocol} ${port} from ${source.kind === "cidr" ? source.cidr : source.role}`),
      );
    // Machines on a bridge have IPv4 addresses alone.
    const possible = target.name === "local" ? asked.filter((opening) => !opening.includes("::")) : asked;
    expect([...openings(graph, plan)].sort()).toEqual([...possible].sort());
  });

  test("lets the web hosts and nobody else in to the database", () => {
    expect(databaseClients(graph, plan)).toEqual(["web"]);
  });

  test("claims a private address of a machine only where it gives the machine that address", () => {
    const said = [...renderHosts(plan, digest).values()].flatMap(({ files }) =>
      files.filter(({ content }) => content.includes("10.20.0.10")),
    );
    const asked = JSON.stringify(graph.nodes.map(({ type, opened }) => (type === machine ? opened : null)));
    expect(said.length > 0).toBe(asked.includes("10.20.0.10"));
    expect(plan.site.names).toEqual(target.name === "local" ? ["10.20.0.10"] : ["www.example.org"]);
  });

  test("reaches the database at the port that the plan opens", () => {
    const url = databaseUrl(late);
    const ports = plan.firewall
      .filter(({ to, from }) => to === "database" && from.some(({ kind }) => kind === "role"))
      .map(({ port }) => port);
    expect(ports).toEqual([Number(/:(\d+)\//.exec(url)?.[1])]);
  });

  test("sends every host over standard input what hostctl reads there", () => {
    const sent = graph.nodes.filter(({ name }) => name.endsWith("-apply")).map(({ name }) => graph.named(name).opened["stdin"]);
    expect(sent.map((text) => faultsOf("runtimeInputs", JSON.parse(String(text))))).toEqual(sent.map(() => null));
    expect(sent.length).toBeGreaterThan(0);
  });

  test("gives the app the same environment, and the database's address with its certificate checked", () => {
    const rest = Object.entries(late.env).filter(([name]) => name !== "DATABASE_URL");
    expect(Object.fromEntries(rest)).toEqual({ ...siteEnvironment(plan), API_KEY: "api-marker" });
    expect(databaseUrl(late)).toMatch(
      /^postgresql:\/\/[^@]+@[^/]+\/oc_?pizza\?sslmode=verify-full&sslrootcert=\/etc\/webstack\/database-ca\.pem$/,
    );
    expect(late.files["/etc/webstack/database-ca.pem"]).toBe(ca);
  });

  test.each([
    ["Debian's list", {}, "/etc/ssl/certs/ca-certificates.crt"],
    ["the description", { ca: "-----BEGIN CERTIFICATE-----\nMIIB\n-----END CERTIFICATE-----\n" }, "/etc/webstack/database-ca.pem"],
  ])("gives the app somebody else's database, its certificate checked by %s, and makes none", async (_, more, path) => {
    const of = planned({ database: { kind: "external", connections: 40, ...more } }, "DATABASE_URL");
    expect(target.check(of).filter(({ ofBox }) => ofBox !== true)).toEqual([]);
    const elsewhere = await graphAfter({}, of);
    const told = JSON.parse(String(elsewhere.named("web-0-apply").opened["stdin"])) as Late;
    expect(told.env["DATABASE_URL"]).toBe(`postgresql://app:url-marker@db.example.net:6543/prices?sslmode=verify-full&sslrootcert=${path}`);
    expect(Object.keys(told.files).filter((file) => file.includes("database"))).toEqual(Object.keys(more).length === 0 ? [] : [path]);
    expect(
      elsewhere.nodes.filter(({ type, name }) => /database|rds|secretsmanager/i.test(`${type} ${name}`)).map(({ name }) => name),
    ).toEqual([]);
    expect((elsewhere.outputs as { database: unknown }).database).toBeNull();
    // A stack that had a database of its own reaches that until its hosts have moved; AWS deletes the way to it after all else.
    const ways =
      target.name === "aws"
        ? []
        : Object.values(elsewhere.named("firewall").inputs)
            .flat()
            .filter((way) => /"25060-25061"|"address":"10\.20\.0\.30".*"port":5432/.test(JSON.stringify(way)));
    expect(ways).toHaveLength(target.name === "aws" ? 0 : 1);
    expect(elsewhere.nodes.flatMap(({ name, inputs }) => (JSON.stringify(inputs).includes("url-marker") ? [name] : []))).toEqual([]);
  });

  test("lets the stack through, with the key that it logs in with", () => {
    expect(target.check(plan, { sshPublicKey }).filter(({ ofBox }) => ofBox !== true)).toEqual([]);
  });

  test("exports every output", () => {
    const own = {
      local: {},
      digitalocean: { machine: "4711" },
      aws: { generation: expect.stringMatching(/^[0-9a-f]{8}$/), image: "ami-0123456789abcdef0" },
    }[target.name];
    expect(graph.outputs).toEqual({
      version: 1,
      siteUrl: expect.stringMatching(/^https?:\/\/[^/]+\/$/),
      // On a cloud the one that stays, and not the machine's own.
      address: target.name === "local" ? plan.hosts[0]?.address : "192.0.2.1",
      hosts: [{ name: "web-0", address: expect.any(String), user: "deploy", hostKey: "ssh-ed25519 AAAA", ...own }],
      database: {
        engine: "postgres",
        host: expect.any(String),
        port: expect.any(Number),
        name: expect.any(String),
        user: expect.any(String),
        ...{
          local: { instance: "database-0", version: debians[defaultDebian].postgres },
          aws: { instance: "webstack-test-database" },
          digitalocean: {},
        }[target.name],
      },
      release: digest,
    });
  });

  describe("of a host that an up has brought up before", () => {
    const hostKey = "ssh-ed25519 AAAA";
    const then = "2026-01-02T03:04:05.678Z";
    const before = (more: object = {}) => ({ release: digest, hosts: [{ name: "web-0", address: "192.0.2.7", hostKey, ...more }] });
    const applied = (after: Graph) => String(after.named("web-0-apply").opened["create"]);
    const again = (after: Graph) => (after.outputs as { hosts: readonly { appliedAgain?: string }[] }).hosts[0]?.appliedAgain;

    /** Resources of which something else is asked than of a first run; as in the engine, an ignored input is that of the first run. */
    const changed = (after: Graph) => {
      const told = ({ opened, options }: GraphNode) =>
        JSON.stringify(Object.entries(opened).filter(([input]) => !((options["ignoreChanges"] ?? []) as string[]).includes(input)));
      const asked = new Map(graph.nodes.map((node) => [`${node.type} ${node.name}`, told(node)]));
      return after.nodes
        .filter((node) => asked.get(`${node.type} ${node.name}`) !== told(node))
        .map(({ name }) => name)
        .sort();
    };

    beforeEach(() => verifyHost.mockReset());

    test("asks what it serves, and applies nothing again where that is as declared", async () => {
      verifyHost.mockResolvedValue({ serving: digest, differences: [] });
      const after = await graphAfter(before());
      expect(verifyHost.mock.calls).toEqual([[{ address: "192.0.2.7", user: "deploy", hostKey }, "key-marker", 2]]);
      expect([changed(after), again(after)]).toEqual([[], undefined]);
    });

    test("brings release and bundle once more where it is not, and changes nothing else", async () => {
      verifyHost.mockResolvedValue({ serving: "ffffffffffffffff", differences: [] });
      const after = await graphAfter(before());
      expect(again(after)).toMatch(/^\d{4}-\d\d-\d\dT[\d:.]+Z$/);
      expect(applied(after)).toBe(`${applied(graph)} # again: ${again(after)}`);
      expect(after.named("web-0-release").opened["environment"]).toEqual({
        ...(graph.named("web-0-release").opened["environment"] as object),
        AGAIN: again(after),
      });
      expect(changed(after)).toEqual(["web-0-apply", "web-0-release"]);
    });

    test("keeps to what it said last where there is nothing new", async () => {
      verifyHost.mockResolvedValue({ serving: digest, differences: [] });
      const after = await graphAfter(before({ appliedAgain: then }));
      expect([applied(after), again(after)]).toEqual([`${applied(graph)} # again: ${then}`, then]);
    });

    test("asks one that is away again once its machine is there, where it is now", async () => {
      verifyHost
        .mockRejectedValueOnce(new Error("connect EHOSTUNREACH"))
        .mockResolvedValueOnce({ serving: "ffffffffffffffff", differences: [] });
      const after = await graphAfter(before());
      const { address } = (after.outputs as { hosts: readonly { address: string }[] }).hosts[0] ?? { address: "" };
      expect(verifyHost.mock.calls.map(([host]) => host.address)).toEqual(["192.0.2.7", address]);
      expect(changed(after)).toEqual(["web-0-apply", "web-0-release"]);
    });

    test("takes one that does not answer as it was left", async () => {
      verifyHost.mockRejectedValue(new Error("connect EHOSTUNREACH"));
      const after = await graphAfter(before({ appliedAgain: then }));
      expect([applied(after), again(after)]).toEqual([`${applied(graph)} # again: ${then}`, then]);
    });

    test("applies nothing again to a machine that took its place, whatever the old one says", async () => {
      verifyHost.mockResolvedValue({ serving: "ffffffffffffffff", differences: [] });
      expect(changed(await graphAfter(before({ hostKey: "ssh-ed25519 OTHER" })))).toEqual([]);
    });

    if (target.name !== "local") {
      test("gives the next machine another token, and asks nothing more of the one that runs", async () => {
        verifyHost.mockResolvedValue({ serving: digest, differences: [] });
        const after = await graphAfter(before());
        expect(after.named("web-0").opened["userData"]).toBe(userData(sshPublicKey, defaultDebian, tokenOf(after)));
        expect([
          tokenOf(after),
          after.named("web-0").options["ignoreChanges"],
          after.named("web-0-host-key").options["ignoreChanges"],
        ]).toEqual([expect.not.stringMatching(tokenOf(graph)), ["userData"], ["stdin"]]);
        // What asked the machine that runs for its key is as it was before there were tokens.
        expect(after.named("web-0-host-key").inputs).toEqual({
          create: "node --require tsx/cjs infra/release/hostKey.ts",
          environment: { ADDRESS: expect.any(String) },
          triggers: [after.named("web-0").outputs["id"]],
          stdin: "[secret]",
        });
      });
    }

    test("shows the key that it asks with to nobody", async () => {
      verifyHost.mockResolvedValue({ serving: "ffffffffffffffff", differences: [] });
      expect((await graphAfter(before())).clear).not.toContain("key-marker");
    });
  });

  test("is told nothing secret by a machine before that proved its key by the token in its user-data; on this box the key is read from the machine's own disk", () => {
    if (target.name === "local") {
      expect(graph.nodes.filter(({ opened }) => "userData" in opened).map(({ opened }) => opened["userData"])).toEqual(
        graph.ofType(machine).map(() => userData(sshPublicKey, defaultDebian)),
      );
      return;
    }
    expect(graph.named("web-0").opened["userData"]).toBe(userData(sshPublicKey, defaultDebian, tokenOf(graph)));
    expect(graph.clear).not.toContain(tokenOf(graph));
    const { replacedBy } = JSON.parse(String(graph.named("web-0-host-key").opened["stdin"])) as { replacedBy: string };
    expect([replacedBy, graph.named(replacedBy).name]).toEqual([
      { local: "", digitalocean: "web-0", aws: "web-0-card" }[target.name],
      replacedBy,
    ]);
    // All that reaches the machine holds its key, and so waits for the proof.
    const reaching = graph.nodes.filter(
      ({ type, name }) => type.startsWith("command:") && name.startsWith("web-0-") && name !== "web-0-host-key" && name !== "web-0-gate",
    );
    expect(reaching.length).toBeGreaterThan(5);
    expect(
      reaching
        .filter(
          ({ dependencies, opened }) => !dependencies.includes("web-0-host-key") || !JSON.stringify(opened).includes("ssh-ed25519 AAAA"),
        )
        .map(({ name }) => name),
    ).toEqual([]);
  });

  test("checks the key of every machine that it logs in to", () => {
    const connections = graph.nodes.filter(({ type }) => type.startsWith("command:remote:")).map(({ opened }) => opened["connection"]);
    expect(connections.length).toBeGreaterThan(2);
    for (const connection of connections) expect(connection).toMatchObject({ user: "deploy", hostKey: "ssh-ed25519 AAAA" });
  });

  test("shows no secret", () => {
    for (const marker of ["api-marker", "key-marker"]) expect([marker, graph.clear.includes(marker)]).toEqual([marker, false]);
  });
});
