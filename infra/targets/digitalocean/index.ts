import { SshKey } from "@pulumi/digitalocean/sshKey";
import * as pulumi from "@pulumi/pulumi";
import { alertSecrets } from "../../host/features/monitoring";
import { servingHost } from "../../plan/hosts";
import { physicalName } from "../../plan/names";
import { runtimeOf } from "../../release/build";
import { bringUp, putInService } from "../bringUp";
import { Component } from "../component";
import { lateOf } from "../database";
import { buildArchive, deployUser } from "../delivery";
import { externalDatabase } from "../externalDatabase";
import { formerOutputs } from "../formerOutputs";
import type { BuiltHost, Target } from "../target";
import { leadTo, siteAddress } from "./address";
import { backupBucket } from "./backup";
import { check } from "./check";
import { managedDatabase } from "./database";
import { dnsRecords } from "./dns";
import { firewall } from "./firewall";
import { dropletHost } from "./host";
import { monitoring, statusPage } from "./monitoring";
import { vpc } from "./network";
import { project } from "./project";
import { keepReplaced } from "./snapshot";
import { hostTag } from "./tags";

/** One Droplet behind a reserved IP, with a managed database beside it. */
export const digitalocean: Target = {
  name: "digitalocean",
  check,
  build(plan, files, release, secrets) {
    const { spec, labels } = plan;
    const network = new Component("Network", "network");
    const privately = vpc(plan, network);
    const tag = hostTag(plan, network);
    firewall(plan, network, tag);
    // As with the machine, see host.ts: a new key deleted before the old one's machine would take that along.
    const key = new SshKey(
      "ssh-key",
      { name: physicalName("host", labels.project, labels.stack), publicKey: secrets.sshPublicKey },
      { deleteBeforeReplace: false },
    );
    const site = new Component("Site", "site");
    const address = siteAddress(plan, site);
    // The processors that all sizes of the catalog have.
    const runtime = runtimeOf(spec.host.debian, "x86_64");
    const built = buildArchive(release, runtime);

    const former = formerOutputs();
    const database = plan.database.kind !== "managed" ? null : managedDatabase(plan, plan.database, { network: privately, tag, former });
    const alerts = plan.hostAlerts === "page" ? { [alertSecrets.page]: statusPage(secrets) } : {};
    const late = lateOf(plan, secrets, database?.tells ?? externalDatabase(plan, secrets), { files: {}, secrets: alerts });

    const backup = spec.backup.enabled ? backupBucket(plan, secrets) : null;
    const records = dnsRecords(plan, site, address.ipAddress);

    const planned = servingHost(plan);
    const machine = dropletHost(plan, planned, { network: privately, tag, key, secrets, former });
    const replaced = keepReplaced(plan, machine, former);
    const up = bringUp(plan, {
      machine,
      publicAddress: address.ipAddress,
      manifest: files.of(planned),
      late,
      archive: { release, runtime, built },
      secrets,
      former,
    });
    const pointer = leadTo(site, address, { host: machine, gate: up.gate, replaced });
    const inService = putInService(up, [pointer, ...records], secrets);
    backup?.keepBackupsOf(up.host, up.applied);
    monitoring(plan, { host: machine, database, serving: inService, secrets });
    project(plan, [
      machine.urn,
      address.reservedIpUrn,
      ...(database === null ? [] : [database.urn]),
      ...(backup === null ? [] : [backup.urn]),
    ]);

    const serving = inService.stdout.apply(() => release.digest);
    const host: BuiltHost = {
      name: planned.name,
      address: machine.address,
      user: deployUser,
      hostKey: pulumi.output(up.host.hostKey),
      machine: inService.stdout.apply(() => machine.resource.id),
      snapshotOf: pulumi.output(replaced.then(({ of }) => of)),
      appliedAgain: up.again,
    };
    return {
      siteUrl: serving.apply(() => `${plan.site.scheme}://${spec.site.domain}/`),
      address: address.ipAddress,
      hosts: [host],
      database: database?.output ?? null,
      serving,
    };
  },
};
