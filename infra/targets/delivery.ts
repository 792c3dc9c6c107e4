import { local, remote } from "@pulumi/command";
import * as pulumi from "@pulumi/pulumi";
import type { Secrets } from "../config/load";
import { packBundle } from "../host/bundle";
import type { Manifest } from "../host/manifest";
import type { RuntimeInputs } from "../host/runtimeInputs";
import type { Runtime } from "../release/build";
import type { Release } from "../release/release";
import type { Component } from "./component";

/** A machine that answers SSH. */
export interface Host {
  /** Identity of the host's resources: "web-0". */
  readonly name: string;
  readonly address: pulumi.Input<string>;
  readonly hostKey: pulumi.Input<string>;
  /** Under which its resources stand, where its target has such. */
  readonly part?: Component;
  readonly machine: pulumi.Resource;
}

/** Options of what is done to a host: a machine that is deleted is not asked to clean up. */
export const onHost = ({ part, machine }: Host): pulumi.CustomResourceOptions => ({ ...part?.child, deletedWith: machine });

/** The RuntimeInputs of a host while they become known: values of other resources. */
export interface Late {
  /** The app's environment. */
  readonly env: pulumi.Input<Readonly<Record<string, pulumi.Input<string>>>>;
  /** Files by path, readable by everybody; a change rolls the services. */
  readonly files: Readonly<Record<string, pulumi.Input<string>>>;
  /** What alerts and announcements need, on hosts that make them; root alone may read it. */
  readonly secrets?: Readonly<Record<string, pulumi.Input<string>>>;
  /** URL of the database's administrator, where the app's user may do less than hostctl needs; root alone may read it. */
  readonly databaseAdmin?: pulumi.Input<string>;
  /** URL of the database whose data move to that of `env`, while they do. */
  readonly databaseFrom?: pulumi.Input<string | undefined>;
}

/** What a host is to serve. */
export interface Archive {
  readonly release: Release;
  readonly runtime: Runtime;
  /** Its build. */
  readonly built: pulumi.Resource;
}

export const deployUser = "deploy";

const inbox = "/var/lib/webstack/inbox";
const deliver = "node --require tsx/cjs infra/release/deliver.ts";

/** Builds the archive while the machines boot. Nothing to do when it is cached. */
export function buildArchive(release: Release, runtime: Runtime): local.Command {
  return new local.Command("release", { create: deliver, environment: releaseEnvironment(release, runtime) });
}

function releaseEnvironment(release: Release, runtime: Runtime): Record<string, string> {
  return { RELEASE: JSON.stringify(release), RUNTIME: JSON.stringify(runtime) };
}

/** SSH to a host as the deploy user, with its key checked. Explicit fields: an unknown one would be printed with the key. */
export function connectionTo(host: Host, secrets: Secrets) {
  return {
    host: host.address,
    user: deployUser,
    privateKey: secrets.sshPrivateKey,
    hostKey: host.hostKey,
    // About four and a half minutes of refused connections: a cloud's machine takes one or two to boot.
    dialErrorLimit: 60,
  };
}

/** Resolves when the first boot is over: SSH answers before the deploy user's inbox is there. */
export function awaitBoot(host: Host, secrets: Secrets): remote.Command {
  return new remote.Command(
    `${host.name}-boot`,
    { connection: connectionTo(host, secrets), create: "cloud-init status --wait > /dev/null", addPreviousOutputInEnv: false },
    onHost(host),
  );
}

/**
 * Shell text: its name is its digest. A power cut after it came may have left a bundle empty, and an empty file is a program that succeeds.
 */
function isWhole(bundle: string): string {
  const mended = `${bundle} is damaged; npm run up -- ${pulumi.getStack()} --replace '**-bundle' delivers it anew`;
  return `{ sha256sum ${bundle} | grep -Eq '^(.{16}).*/\\1[.]bundle$' || { echo "${mended}" >&2; false; }; }`;
}

/** What is brought to a host. */
export interface Delivery {
  readonly manifest: Manifest;
  readonly late: Late;
  readonly secrets: Secrets;
  /** null where no app runs. */
  readonly archive: Archive | null;
  /** See {@link awaitBoot}. */
  readonly boot: remote.Command;
  /** Another value than in the run before has the same applied once more, see askHost.ts. */
  readonly again?: pulumi.Output<string | undefined>;
}

/**
 * Brings a manifest to a host and lets it take effect: files, then the release, in one transaction that leaves the old
 * state serving when any part of it fails.
 */
export function deliverBundle(host: Host, { manifest, late, secrets, archive, boot, again }: Delivery): remote.Command {
  const connection = connectionTo(host, secrets);
  const bundle = packBundle(manifest);
  const path = `${inbox}/${bundle.digest}.bundle`;
  const copy = new remote.CopyToRemote(
    `${host.name}-bundle`,
    // Another machine is no reason for it to copy again:
    // https://github.com/pulumi/pulumi-command/blob/master/provider/pkg/provider/remote/copyController.go
    { connection, source: new pulumi.asset.StringAsset(bundle.text), remotePath: path, triggers: [host.hostKey] },
    { ...onHost(host), dependsOn: boot },
  );
  const arrived: pulumi.Resource[] = [copy];
  const asked = pulumi.output(again);
  const inputs: pulumi.Output<RuntimeInputs> = pulumi.output(late);
  if (archive !== null) {
    arrived.push(
      new local.Command(
        `${host.name}-release`,
        {
          create: deliver,
          environment: asked.apply((at) => ({
            ...releaseEnvironment(archive.release, archive.runtime),
            HOST: pulumi.jsonStringify({ address: host.address, user: deployUser, hostKey: host.hostKey }),
            // The host may have thrown the release away; one that has it still is sent nothing.
            ...(at === undefined ? {} : { AGAIN: at }),
          })),
          stdin: secrets.sshPrivateKey,
          addPreviousOutputInEnv: false,
        },
        { ...onHost(host), dependsOn: [boot, archive.built] },
      ),
    );
  }
  return new remote.Command(
    `${host.name}-apply`,
    {
      connection,
      // No trigger: a changed one would replace the command, and this is an update.
      create: asked.apply((at) => `${isWhole(path)} && sudo /usr/bin/python3 -I ${path} apply${at === undefined ? "" : ` # again: ${at}`}`),
      stdin: pulumi.secret(pulumi.jsonStringify(inputs)),
      addPreviousOutputInEnv: false,
    },
    { ...onHost(host), dependsOn: arrived },
  );
}
