import { compareResources } from "../../../cli/review/graph";
import { deployedState } from "../../../cli/review/deployed";
import { type DeclaredState, emptyState, type Recorded } from "../../../cli/review/declaredState";

const signature = "4dabf18193072939515e22adb298388d";

const again = "2026-11-27T00:33:01.123Z";
const machine = "digitalocean:index/droplet:Droplet";

const exported = (inputs: Record<string, unknown>, more: Record<string, unknown> = {}, type = machine, name = "web-0") =>
  JSON.stringify({
    deployment: {
      resources: [
        { urn: "urn:pulumi:prod::webstack::pulumi:pulumi:Stack::webstack-prod", type: "pulumi:pulumi:Stack", custom: false },
        { urn: "urn:pulumi:prod::webstack::webstack:index:Host::web-0", type: "webstack:index:Host", custom: false },
        { urn: `urn:pulumi:prod::webstack::${type}::${name}`, type, custom: true, inputs, ...more },
      ],
    },
  });

const resource = (inputs: Recorded["inputs"], feeds: Recorded["feeds"], type: string, name: string): DeclaredState => ({
  ...emptyState,
  label: "",
  resources: [
    {
      type,
      name,
      inputs,
      feeds,
      options: { protect: false, deleteBeforeReplace: false, replaceOnChanges: [], ignoreChanges: [], replacementTrigger: null },
    },
  ],
});
const droplet = (inputs: Recorded["inputs"], feeds: Recorded["feeds"] = {}): DeclaredState => resource(inputs, feeds, machine, "web-0");

const steps = (state: string, after: DeclaredState) =>
  compareResources(deployedState(state, after).resources ?? [], after.resources ?? []).map(({ does, name, changes }) => [
    does,
    name,
    changes.map(({ input }) => input),
  ]);

test("what is deployed as described asks for nothing, whatever a cloud made up", () => {
  const state = exported({
    __defaults: [],
    image: "a",
    vpcUuid: "5f1c",
    userData: "#cloud-config\nkey: ssh-ed25519 AAAA\n",
    token: { [signature]: "1b47061264138c4ac30d75fd1eb44270", ciphertext: "v1:x" },
    number: 7,
  });
  const after = droplet(
    {
      image: "a",
      vpcUuid: "⟨output network.id⟩",
      userData: "#cloud-config\nkey: ⟨public key of sshPrivateKey 1⟩\n",
      token: "⟨secret TOKEN 1⟩",
      number: null,
    },
    { number: ["other"] },
  );
  expect(steps(state, after)).toEqual([]);
});

test("what differs shows, around a stand-in as well", () => {
  const state = exported({ image: "a", userData: "#cloud-config\nkey: ssh-ed25519 AAAA\n" });
  expect(steps(state, droplet({ image: "b", userData: "#cloud-config\nkey: ⟨public key of sshPrivateKey 1⟩\n" }))).toEqual([
    ["replace", "web-0", ["image"]],
  ]);
  expect(steps(state, droplet({ image: "a", userData: "#cloud-config\nnew: 1\nkey: ⟨public key of sshPrivateKey 1⟩\n" }))).toEqual([
    ["replace", "web-0", ["userData"]],
  ]);
});

test("an input that is given to a new resource alone changes nothing on the one that runs", () => {
  const now = droplet({ image: "a", userData: "#cloud-config\nnew: 1\n" }, { userData: ["network"] });
  const [machine] = now.resources ?? [];
  if (machine === undefined) throw new Error("there is a machine");
  const kept = { ...now, resources: [{ ...machine, options: { ...machine.options, ignoreChanges: ["userData"] } }] };
  const state = exported({ image: "a", userData: "#cloud-config\n" });
  expect([steps(state, now), steps(state, kept)]).toEqual([[["replace", "web-0", ["userData"]]], []]);
});

test("a resource with another trigger is another one; where one side has none, the engine replaces nothing", () => {
  const of = (replacementTrigger: string | null): Recorded => ({
    type: "aws:ec2/eip:Eip",
    name: "web-0-address",
    inputs: {},
    feeds: {},
    options: { protect: false, deleteBeforeReplace: false, replaceOnChanges: [], ignoreChanges: [], replacementTrigger },
  });
  const between = (...[before, after]: [string | null, string | null]) =>
    compareResources([of(before)], [of(after)]).map(({ does, because }) => [does, because]);
  expect([between("a", "b"), between("a", "a"), between(null, "b")]).toEqual([
    [["replace", ["it goes with the machine that it was made for"]]],
    [],
    [],
  ]);
});

test("a resource that is described no more is deleted; one that leaves already is not counted", () => {
  expect(steps(exported({}), { ...droplet({}), resources: [] })).toEqual([["delete", "web-0", []]]);
  expect(steps(exported({}, { delete: true }), { ...droplet({}), resources: [] })).toEqual([]);
});

test("a snapshot of a replaced machine is no concern of the description", () => {
  const state = JSON.stringify({
    deployment: {
      resources: [
        {
          urn: "urn:pulumi:prod::webstack::digitalocean:index/dropletSnapshot:DropletSnapshot::web-0-snapshot",
          type: "digitalocean:index/dropletSnapshot:DropletSnapshot",
          inputs: { dropletId: "1" },
        },
      ],
    },
  });
  expect(steps(state, { ...droplet({}), resources: [] })).toEqual([]);
});

test("that an up found a host to differ and applied the same again is no difference", () => {
  const [apply, release] = [
    ["command:remote:Command", "web-0-apply"],
    ["command:local:Command", "web-0-release"],
  ] as const;
  expect(
    steps(exported({ create: `sudo apply # again: ${again}` }, {}, ...apply), resource({ create: "sudo apply" }, {}, ...apply)),
  ).toEqual([]);
  expect(
    steps(exported({ environment: { HOST: "h", AGAIN: again } }, {}, ...release), resource({ environment: { HOST: "h" } }, {}, ...release)),
  ).toEqual([]);
  expect(
    steps(
      exported({ environment: { HOST: "h", AGAIN: again } }, {}, ...release),
      resource({ environment: { HOST: "other" } }, {}, ...release),
    ),
  ).toEqual([["update", "web-0-release", ["environment"]]]);
});

test("what only looks like that moment is the description's own, and its change shows", () => {
  const own = { userData: `#cloud-config # again: ${again}`, tags: { AGAIN: "1" } };
  expect(steps(exported(own), droplet(own))).toEqual([]);
  expect(steps(exported(own), droplet({ userData: "#cloud-config", tags: {} }))).toEqual([["replace", "web-0", ["tags", "userData"]]]);
  const apply = ["command:remote:Command", "web-0-apply"] as const;
  expect(steps(exported({ create: "sudo apply # again: later" }, {}, ...apply), resource({ create: "sudo apply" }, {}, ...apply))).toEqual([
    ["update", "web-0-apply", ["create"]],
  ]);
});

test("an asset is its text, and a bundle in it the host's manifest", () => {
  const manifest = { host: "web-0", release: { digest: "abc" }, files: [] };
  const state = exported({
    source: { [signature]: "c44067f5952c0a294b673a41bacd8c17", hash: "x", text: `head\n# BUNDLE ${JSON.stringify(manifest)}\n` },
  });
  const side = deployedState(state, droplet({}));
  expect([side.manifests, side.release]).toEqual([{ "web-0": manifest }, "abc"]);
});

test("a stack that was never brought up has nothing", () => {
  // null is of one that was made for its secrets.
  for (const deployment of [{}, null]) expect(deployedState(JSON.stringify({ deployment }), droplet({})).resources).toEqual([]);
});
