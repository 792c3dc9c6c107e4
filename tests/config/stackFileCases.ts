/**
 * Stack files as people write them, and what the engine makes of each: tests/clouds/stackFile.test.ts asks the real one,
 * tests/config/stackFile.test.ts every reader of ours.
 */

/** A value as `pulumi config --json` prints it; null for a secret. */
export type Printed = string | null;

interface Case {
  readonly text: string;
  /**
   * What the engine reads, by key with its namespace; "refuses" where it reads nothing; a list of what it may read, where that is left to
   * chance.
   */
  readonly engine: Readonly<Record<string, Printed>> | readonly Readonly<Record<string, Printed>>[] | "refuses";
  /** Our line, where we refuse what the engine would take for something else, too. */
  readonly line?: string;
}

/** A whole description, as the body of `config:`. */
const described = (more: string): string => `config:
  webstack:target: digitalocean
  webstack:app: {name: shop, source: examples/ocpizza, exclude: [tests]}
  webstack:services: {web: {kind: wsgi, module: "ocpizza.wsgi:application"}}
  webstack:host: {image: debian-12, region: fra1, size: s-1vcpu-1gb}
  webstack:site: {domain: shop.example.org, zone: example.org}
  webstack:access: {sshFrom: [203.0.113.0/24]}
${more}`;

const usual = {
  "webstack:target": "digitalocean",
  "webstack:app": '{"exclude":["tests"],"name":"shop","source":"examples/ocpizza"}',
  "webstack:services": '{"web":{"kind":"wsgi","module":"ocpizza.wsgi:application"}}',
  "webstack:host": '{"image":"debian-12","region":"fra1","size":"s-1vcpu-1gb"}',
  "webstack:site": '{"domain":"shop.example.org","zone":"example.org"}',
  "webstack:access": '{"sshFrom":["203.0.113.0/24"]}',
};

export const cases: Readonly<Record<string, Case>> = {
  "a whole one": { text: described(""), engine: usual },
  "alerts for Slack whose webhook is not set": {
    text: described('  webstack:monitoring: {slack: {channel: "#ops"}}\n'),
    engine: { ...usual, "webstack:monitoring": '{"slack":{"channel":"#ops"}}' },
  },
  "keys without the project's name, and with the engine's older form of it": {
    text: described("").replaceAll("webstack:app", "app").replace("webstack:target", "webstack:config:target"),
    engine: usual,
  },
  "a list as `pulumi config set` writes it": {
    text: described("  webstack:secrets: '[\"TOKEN\"]'\n"),
    engine: { ...usual, "webstack:secrets": '["TOKEN"]' },
  },
  "sections whose keys are commented out": {
    text: described("  webstack:backup:\n    # enabled: false\n  webstack:network: ~\n"),
    engine: { ...usual, "webstack:backup": "", "webstack:network": "" },
  },
  "an empty text": { text: described('  webstack:protect: ""\n'), engine: { ...usual, "webstack:protect": "" } },
  secrets: {
    text:
      "encryptionsalt: " +
      `v1:a=:v1:b\n${described("  webstack:secrets: [TOKEN]\n  webstack:TOKEN:\n    secure: v1:x\n  webstack:sshPrivateKey: {secure: v1:y}\n")}`,
    engine: { ...usual, "webstack:secrets": '["TOKEN"]', "webstack:TOKEN": null, "webstack:sshPrivateKey": null },
  },
  "a secret in clear": {
    text: described("  webstack:secrets: [TOKEN]\n  webstack:TOKEN: hunter2\n"),
    engine: { ...usual, "webstack:secrets": '["TOKEN"]', "webstack:TOKEN": "hunter2" },
  },
  "an empty secret in clear": {
    text: described('  webstack:secrets: [TOKEN]\n  webstack:TOKEN: ""\n'),
    engine: { ...usual, "webstack:secrets": '["TOKEN"]', "webstack:TOKEN": "" },
  },
  "a secret inside of a section": {
    text: described("  webstack:env: {A: b, TOKEN: {secure: v1:x}}\n"),
    engine: { ...usual, "webstack:env": null },
  },
  "what looks like a secret and has more keys": {
    text: described("  webstack:env: {secure: v1:x, A: b}\n"),
    engine: { ...usual, "webstack:env": '{"A":"b","secure":"v1:x"}' },
  },
  "settings of a provider, one of them a secret": {
    text: described("  digitalocean:token: {secure: v1:x}\n  pulumi:disable-default-providers: [azure]\n"),
    engine: { ...usual, "digitalocean:token": null, "pulumi:disable-default-providers": '["azure"]' },
  },
  "numbers and words of YAML": {
    text: described(
      '  webstack:env: {A: yes, B: true, C: 1.10, D: 1e3, E: 0x1F, F: 0o17, G: ~, H: "010", I: off}\n  webstack:network: {range: 10.20.3.0/24}\n',
    ),
    engine: {
      ...usual,
      "webstack:env": '{"A":"yes","B":true,"C":1.1,"D":1000,"E":31,"F":15,"G":null,"H":"010","I":"off"}',
      "webstack:network": '{"range":"10.20.3.0/24"}',
    },
  },
  "plain values where mappings belong": {
    text: described("  webstack:backup: 1.0\n  webstack:database: none\n"),
    engine: { ...usual, "webstack:backup": "1", "webstack:database": "none" },
  },
  "anchors, and one mapping merged into another": {
    text: `small: &small {cpus: 1, memoryMiB: 1024}\n${described("").replace("{image: debian-12", "{<<: *small, image: debian-12")}`,
    engine: { ...usual, "webstack:host": '{"cpus":1,"image":"debian-12","memoryMiB":1024,"region":"fra1","size":"s-1vcpu-1gb"}' },
  },
  "a target that is none": {
    text: described("").replace("target: digitalocean", "target: heroku"),
    engine: { ...usual, "webstack:target": "heroku" },
  },
  "one of this box": {
    text: "config:\n  target: local\n  network: {range: 10.20.9.0/24}\n",
    engine: { "webstack:target": "local", "webstack:network": '{"range":"10.20.9.0/24"}' },
  },
  nothing: { text: "", engine: {} },
  "no settings": { text: "config:\n", engine: {} },
  "no YAML": {
    text: "config:\n  webstack:app: name: mine\n",
    engine: "refuses",
    line: 'line 2: must be YAML, got "webstack:app: name: mine"; nested mappings are not allowed in compact mappings',
  },
  "a key twice": {
    text: "config:\n  webstack:target: local\n  webstack:target: local\n",
    engine: "refuses",
    line: 'line 3: must be YAML, got "webstack:target: local"; map keys must be unique',
  },
  "a key under both of its names": {
    text: "config:\n  target: aws\n  webstack:target: local\n",
    engine: [{ "webstack:target": "aws" }, { "webstack:target": "local" }],
    line: 'line 3: must stand there once, target says the same, got "webstack:target"; leave one out',
  },
  "a key of too many parts": {
    text: "config:\n  a:b:c:d: 1\n",
    engine: "refuses",
    line: 'line 2: must be a key, NAMESPACE:NAME, got "a:b:c:d"; for example webstack:target',
  },
  "a list of settings": {
    text: "config: [webstack:target]\n",
    engine: "refuses",
    line: 'config: must be keys with values, got ["webstack:target"]; for example webstack:target: local',
  },
  "a text": {
    text: "target: local, app: shop",
    engine: "refuses",
    line: 'line 1: must be YAML, got "target: local, app: shop"; nested mappings are not allowed in compact mappings',
  },
  "a number with zeros before it": {
    text: described("  webstack:env: {PIN: 0010}\n"),
    engine: { ...usual, "webstack:env": '{"PIN":8}' },
    line: 'line 8: must be in quotes, got "0010"; YAML takes it for a number or a date: "0010"',
  },
  "a number with its thousands apart": {
    text: described("  webstack:env: {SIZE: 1_000}\n"),
    engine: { ...usual, "webstack:env": '{"SIZE":1000}' },
    line: 'line 8: must be in quotes, got "1_000"; YAML takes it for a number or a date: "1_000"',
  },
  "a date": {
    text: described("  webstack:env: {SINCE: 2026-01-02}\n"),
    engine: { ...usual, "webstack:env": '{"SINCE":"2026-01-02 00:00:00 +0000 UTC"}' },
    line: 'line 8: must be in quotes, got "2026-01-02"; YAML takes it for a number or a date: "2026-01-02"',
  },
  "a moment": {
    text: described("  webstack:database: {restore: {from: shop-db, at: 2026-11-20T03:00:00Z}}\n"),
    engine: { ...usual, "webstack:database": '{"restore":{"at":"2026-11-20 03:00:00 +0000 UTC","from":"shop-db"}}' },
    line: 'line 8: must be in quotes, got "2026-11-20T03:00:00Z"; YAML takes it for a number or a date: "2026-11-20T03:00:00Z"',
  },
};
