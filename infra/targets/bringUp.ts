import { local, remote } from "@pulumi/command";
import * as pulumi from "@pulumi/pulumi";
import type { Secrets } from "../config/load";
import { isHttp } from "../services";
import { healthCheckPath } from "../host/healthCheck";
import type { Manifest } from "../host/manifest";
import type { StackPlan } from "../plan/plan";
import { askHost } from "./askHost";
import { awaitBoot, connectionTo, deliverBundle, deployUser, onHost, type Archive, type Host, type Late } from "./delivery";
import type { Component } from "./component";
import type { FormerOutputs } from "./formerOutputs";

/** A machine that a cloud has made, as all that is done to it sees it, whichever cloud that is. */
export interface CloudMachine {
  /** Identity of the host's resources: "web-0". */
  readonly name: string;
  /** Under which all of them stand. */
  readonly part: Component;
  readonly resource: pulumi.CustomResource;
  /** Name of the resource whose replacement brings another machine: its own, or that of a part that no two machines have at once. */
  readonly replacedBy: string;
  /** The machine's own public address, not the one that the site has. */
  readonly address: pulumi.Output<string>;
  /** What it proves itself with, see {@link firstContact}. */
  readonly token: pulumi.Output<string>;
}

/** A machine that serves the release, though the site's address need not lead to it yet. */
export interface ServingHost {
  readonly host: Host;
  readonly applied: remote.Command;
  /** See {@link askHost}. */
  readonly again: pulumi.Output<string | undefined>;
  /** Exists only while the machine serves: the site's address must depend on it. */
  readonly gate: pulumi.Resource;
  /** Which host it took over from, for {@link putInService}. */
  readonly handover: pulumi.Output<string>;
}

/** How long a page may take to answer: the release has passed its own health check by then, so what is waited for is the network. */
const gateSeconds = "120";

const program = (name: string): string => `node --require tsx/cjs infra/release/${name}.ts`;

/** What a machine becomes a host with. */
export interface BringUpArgs {
  readonly machine: CloudMachine;
  /** The site's: where the old host may still serve. */
  readonly publicAddress: pulumi.Input<string>;
  readonly manifest: Manifest;
  readonly late: Late;
  readonly archive: Archive;
  readonly secrets: Secrets;
  /** What the last `up` left. */
  readonly former: Promise<FormerOutputs>;
}

/**
 * Makes a machine a host that serves, all through its own address: it proves its SSH key, the bundle and the release are applied, what the
 * old host held is brought over, and its pages are asked for. When any of it fails, nothing that depends on the gate changes, and the
 * engine deletes no old machine: the site's address stays where it is.
 */
export function bringUp(plan: StackPlan, { machine, publicAddress, manifest, late, archive, secrets, former }: BringUpArgs): ServingHost {
  const { name, part, resource, address } = machine;
  const host: Host = { name, part, address, hostKey: provedKey(machine, secrets), machine: resource };
  const boot = awaitBoot(host, secrets);
  const again = askHost(host, { declared: archive.release.digest, former, boot, secrets });
  const applied = deliverBundle(host, { manifest, late, secrets, archive, boot, again });
  // An update, never a replacement: the output of the run before tells it which hosts this stack knows.
  const handover = new local.Command(
    `${name}-handover`,
    {
      create: program("handover"),
      environment: { HOST: sshHost(host), SITE: publicAddress, BACKUP: plan.spec.backup.enabled ? "1" : "0" },
      stdin: secrets.sshPrivateKey,
    },
    { ...part.child, dependsOn: applied },
  );
  const gate = new local.Command(
    `${name}-gate`,
    {
      create: program("gate"),
      environment: { ADDRESS: address, SITE: JSON.stringify(pages(plan)), SECONDS: gateSeconds },
      addPreviousOutputInEnv: false,
    },
    { ...part.child, dependsOn: handover },
  );
  return { host, applied, again, gate, handover: pulumi.unsecret(handover.stdout) };
}

/**
 * The machine's SSH key, which every later connection is held to. Asked for once in its life, before anything secret is sent: the token of
 * another run is none of its, and a machine that is older than tokens is not asked.
 */
function provedKey({ name, part, resource, replacedBy, address, token }: CloudMachine, secrets: Secrets): pulumi.Output<string> {
  const key = new local.Command(
    `${name}-host-key`,
    {
      create: program("hostKey"),
      environment: { ADDRESS: address },
      stdin: pulumi.jsonStringify({
        stack: pulumi.getStack(),
        host: name,
        replacedBy,
        user: deployUser,
        token,
        privateKey: secrets.sshPrivateKey,
      }),
      triggers: [resource.id],
    },
    { ...part.child, ignoreChanges: ["stdin"] },
  );
  return pulumi.unsecret(key.stdout);
}

/**
 * Once the site's address leads to the host, which is when `pointer` is there: brings over what reached the old one meanwhile, lets the
 * timers run, which waited so that no job runs on two hosts, and orders a certificate where none was brought over. One that cannot be had
 * yet, because the name does not lead there, fails nothing: the host tries again every hour.
 */
export function putInService(
  { host, handover }: ServingHost,
  pointer: pulumi.Resource | readonly pulumi.Resource[],
  secrets: Secrets,
): remote.Command {
  const rest = new local.Command(
    `${host.name}-handover-rest`,
    {
      create: program("handover"),
      environment: { HOST: sshHost(host), FROM: handover },
      stdin: secrets.sshPrivateKey,
      addPreviousOutputInEnv: false,
    },
    { ...host.part?.child, dependsOn: [pointer].flat() },
  );
  return new remote.Command(
    `${host.name}-in-service`,
    { connection: connectionTo(host, secrets), create: "sudo hostctl in-service", addPreviousOutputInEnv: false },
    { ...onHost(host), dependsOn: rest },
  );
}

const sshHost = ({ address, hostKey }: Host): pulumi.Output<string> => pulumi.jsonStringify({ address, user: deployUser, hostKey });

/** The check of each service, by the site's own name and scheme: a host of before may be in maintenance. */
function pages({ spec, site }: StackPlan) {
  return { scheme: site.scheme, name: site.names[0] ?? "", paths: spec.services.filter(isHttp).map(({ name }) => healthCheckPath(name)) };
}
