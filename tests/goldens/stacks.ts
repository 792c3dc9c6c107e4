import { readStack } from "../../cli/stackFiles";
import { parseSpec } from "../../infra/config/parse";
import { appSecrets, ownSecrets } from "../../infra/config/secretNames";
import { renderHosts } from "../../infra/host";
import type { Manifest } from "../../infra/host/manifest";
import { debianNames } from "../../infra/config/catalog/debian";
import { userData } from "../../infra/host/user-data";
import { planStack } from "../../infra/plan";
import { hostsOf } from "../../infra/plan/hosts";
import { spec } from "../config/baseline";

/** A stand-in, as long as a real digest. */
const digest = "00112233aabbccdd";

/** Every manifest that is kept as a golden, by folder. */
export function goldenManifests(): ReadonlyMap<string, Manifest> {
  const rehearsal = planStack(exampleSpec("local"));
  const bitcoin = planStack(exampleSpec("bitcoin"));
  const booking = planStack(exampleSpec("booking"));
  const kinds = planStack(everyKind());
  const manifests = new Map<string, Manifest>();
  const production = planStack(exampleSpec("prod"));
  const onEc2 = planStack(exampleSpec("aws"));
  for (const [name, plan] of [["ocpizza-local", rehearsal], ["bitcoin", bitcoin], ["booking", booking], ["every-kind", kinds], ["ocpizza-prod", production], ["ocpizza-aws", onEc2]] as const) {
    for (const [host, manifest] of renderHosts(plan, digest)) manifests.set(`${name}/${host}`, manifest);
  }
  const mysql = planStack(exampleSpec("local", { database: { engine: "mysql" } }));
  for (const host of hostsOf(mysql, "database")) manifests.set(`ocpizza-mysql/${host.name}`, renderHosts(mysql, digest).of(host));
  return manifests;
}

const publicKey = "ssh-ed25519 AAAAC3NzaC1lZDI1NTE5AAAAIEXAMPLEexampleEXAMPLEexampleEXAMPLEexample0";

/**
 * By its file: of a machine of this box, which knows the stack's key and nothing else, and of one in a cloud, with the token of a first
 * contact.
 */
export const goldenUserData = (): ReadonlyMap<string, string> =>
  new Map(debianNames.flatMap((debian) => [[debian, userData(publicKey, debian)], [`${debian}-cloud`, userData(publicKey, debian, "0123456789abcdef".repeat(4))]] as const));

/** The checked description of a stack file of this project, with `changes` to its keys and its secrets taken as set. */
export function exampleSpec(stack: string, changes: Readonly<Record<string, unknown>> = {}) {
  const raw = { ...readStack(stack).raw, ...changes };
  return parseSpec(raw, { project: "webstack", stack, secretNames: new Set([...ownSecrets(raw), "backupPassword", ...appSecrets(raw)]) });
}

/** Each kind of service, a job, a port and names that need care, in one description, on the Debian that is not the default. */
function everyKind() {
  return spec({
    host: { image: "debian-12", memoryMiB: 8192, cpus: 2 },
    services: {
      api: { kind: "asgi", module: "api.main:app", workers: 2, path: "/api/", port: 8001 },
      site: { kind: "wsgi", module: "site.wsgi:application", workers: 2, threads: 4, after: ["api"] },
      worker: { kind: "command", command: ["python", "-m", "worker", "--name", "50% $x"], after: ["site"] },
    },
    jobs: { collect: { run: "python collect.py", schedule: "hourly" } },
    static: { "/assets/": "build/assets" },
    site: { domain: "shop.example", aliases: ["www.shop.example"], tls: "none", maxBodyMiB: 25, quietPaths: ["/favicon.ico"] },
    access: { sshFrom: ["192.0.2.0/24", "2001:db8::/32"] },
    monitoring: {
      emails: ["ops@shop.example"],
      smtp: { host: "smtp.shop.example", from: "alerts@shop.example" },
      sentry: { organization: "shop", project: "site" },
      nrpe: { allowedHosts: ["192.0.2.9/32", "2001:db8:9::/48"] },
    },
  }, "sentryToken");
}
