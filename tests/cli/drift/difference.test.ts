/**
 * What `npm run drift` makes of the engine's words and of a host's. Limit: the engine's words are written here;
 * tests/machines/digitalocean.test.ts has it compare a cloud.
 */
import { hostDifferences, previewDifferences, report } from "../../../cli/drift/difference";

const urn = (type: string, name: string) => `urn:pulumi:prod::webstack::${type}::${name}`;
const preview = (...steps: readonly object[]) => previewDifferences(JSON.stringify({ steps }));

test("what the next up would do about a resource is a difference; that it was read, and the halves of its replacement, are none", () => {
  expect(
    preview(
      { op: "same", urn: urn("digitalocean:index/vpc:Vpc", "network") },
      { op: "refresh", urn: urn("digitalocean:index/uptimeAlert:UptimeAlert", "uptime-down") },
      { op: "create", urn: urn("digitalocean:index/uptimeAlert:UptimeAlert", "uptime-down") },
      {
        op: "update",
        urn: urn("digitalocean:index/firewall:Firewall", "firewall"),
        diffReasons: ["inboundRules"],
        detailedDiff: { "inboundRules[0].portRange": {}, inboundRules: {} },
      },
      { op: "create-replacement", urn: urn("digitalocean:index/droplet:Droplet", "web-0") },
      { op: "replace", urn: urn("digitalocean:index/droplet:Droplet", "web-0"), diffReasons: ["image"], detailedDiff: null },
      { op: "delete-replaced", urn: urn("digitalocean:index/droplet:Droplet", "web-0") },
    ),
  ).toEqual([
    { where: "uptime-down", kind: "create", what: [] },
    { where: "firewall", kind: "update", what: ["inboundRules", "inboundRules[0].portRange"] },
    { where: "web-0", kind: "replace", what: ["image"] },
  ]);
});

test("each finding of a host is one", () => {
  expect(
    hostDifferences(
      "web-0",
      JSON.stringify({ serving: "aaaaaaaaaaaaaaaa", differences: ["/etc/x: has other content", "/etc/y: is missing"] }),
    ),
  ).toEqual([
    { where: "web-0", kind: "changed", what: ["/etc/x: has other content"] },
    { where: "web-0", kind: "changed", what: ["/etc/y: is missing"] },
  ]);
});

test("the report names a command that looks at the cloud again, without which the engine sees nothing of what was changed there", () => {
  expect(
    report("prod", [
      { where: "firewall", kind: "update", what: ["inboundRules"] },
      { where: "uptime-down", kind: "create", what: [] },
    ]),
  ).toBe(
    "prod is not as declared:\n  firewall: update inboundRules\n  uptime-down: create\n" +
      "npm run up -- prod --refresh makes it so again; npm run preview -- prod --refresh shows how.",
  );
  expect(report("prod", [])).toBe("prod is as declared.");
});
