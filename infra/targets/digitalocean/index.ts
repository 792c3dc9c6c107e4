import { SshKey } from "@pulumi/digitalocean/sshKey";
import * as pulumi from "@pulumi/pulumi";
import { alertSecrets } from "../../host/features/monitoring";
import { servingHost } from "../../plan/hosts";
import { physicalName } from "../../plan/names";
import { runtimeOf } from "../../release/build";
import { commission, orderCertificate } from "../commission";
import { lateOf } from "../database";
import { buildArchive, deployUser } from "../delivery";
import { externalDatabase } from "../externalDatabase";
import { firstContact } from "../firstContact";
import { formerOutputs } from "../formerOutputs";
import type { BuiltHost, Target } from "../target";
import { leadTo, siteAddress } from "./address";
import { backupBucket } from "./backup";
import { check } from "./check";
import { managedDatabase } from "./database";
import { dnsRecords } from "./dns";
import { firewall } from "./firewall";
import { droplet } from "./host";
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
    const network = vpc(plan);
    const tag = hostTag(plan);
    firewall(plan, tag);
    // As with the machine, see host.ts: a new key deleted before the old one's machine would take that along.
    const key = new SshKey(
      "ssh-key",
      { name: physicalName("host", labels.project, labels.stack), publicKey: secrets.sshPublicKey },
      { deleteBeforeReplace: false },
    );
    const address = siteAddress(plan);
    // The processors that all sizes of the catalog have.
    const runtime = runtimeOf(spec.host.debian, "x86_64");
    const built = buildArchive(release, runtime);

    const former = formerOutputs();
    const database = plan.database.kind !== "managed" ? null : managedDatabase(plan, plan.database, network, tag, former);
    const alerts = plan.hostAlerts === "page" ? { [alertSecrets.page]: statusPage(secrets) } : {};
    const late = lateOf(plan, secrets, database?.tells ?? externalDatabase(plan, secrets), { files: {}, secrets: alerts });

    const backup = spec.backup.enabled ? backupBucket(plan, secrets) : null;
    const records = dnsRecords(plan, address.ipAddress);

    const planned = servingHost(plan);
    const contact = firstContact(planned.name, planned.debian, network.id, former, secrets);
    const machine = droplet(plan, planned, network, tag, key, contact.userData);
    const replaced = keepReplaced(plan, planned, machine, former);
    const commissioned = commission(plan, {
      machine: { name: planned.name, resource: machine, replacedBy: planned.name, address: machine.ipv4Address, token: contact.token },
      publicAddress: address.ipAddress,
      manifest: files.of(planned),
      late,
      archive: { release, runtime, built },
      secrets,
      former,
    });
    const inService = orderCertificate(commissioned, [leadTo(address, machine, commissioned.gate, replaced), ...records], secrets);
    backup?.keepBackupsOf(commissioned.host, commissioned.applied);
    monitoring(plan, machine, database?.cluster ?? null, inService, secrets);
    project(plan, [
      machine.dropletUrn,
      address.reservedIpUrn,
      ...(database === null ? [] : [database.cluster.clusterUrn]),
      ...(backup === null ? [] : [backup.bucket.bucketUrn]),
    ]);

    const serving = inService.stdout.apply(() => release.digest);
    const host: BuiltHost = {
      name: planned.name,
      address: machine.ipv4Address,
      user: deployUser,
      hostKey: pulumi.output(commissioned.host.hostKey),
      machine: inService.stdout.apply(() => machine.id),
      snapshotOf: pulumi.output(replaced.then(({ of }) => of)),
      appliedAgain: commissioned.again,
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
