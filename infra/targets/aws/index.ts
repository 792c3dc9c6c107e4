import * as pulumi from "@pulumi/pulumi";
import { instances } from "../../config/catalog/aws";
import { namesOf } from "../../host/cloudWatch";
import { alertSecrets } from "../../host/features/monitoring";
import { siteAddressPath } from "../../host/features/siteAddress";
import { budgetNotice } from "../../plan/budget";
import { servingHost } from "../../plan/hosts";
import { runtimeOf } from "../../release/build";
import { backupRepository } from "../backup";
import { bringUp, putInService } from "../bringUp";
import { lateOf } from "../database";
import { buildArchive, deployUser } from "../delivery";
import { externalDatabase } from "../externalDatabase";
import { formerOutputs, type FormerOutputs } from "../formerOutputs";
import type { BuiltDatabase, BuiltHost, Target } from "../target";
import { awsBackupPlan, awsStorage, prefixes } from "./backup";
import { leadTo, siteAddress } from "./address";
import { check } from "./check";
import { awsDatabase } from "./database";
import { awsRecords } from "./dns";
import { awsDump } from "./dump";
import { awsFirewall, type Firewall } from "./firewall";
import { awsHost } from "./host";
import { awsIdentity } from "./identity";
import { awsImages } from "./images";
import { awsLogs, awsMonitoring, awsTopics, type Logs } from "./monitoring";
import { awsNetwork, type Network } from "./network";
import { keepBackups, keepLogin, openSessions, report, tellAlerts } from "./policies";
import { scopeOf, within, type Scope } from "./scope";

/** One EC2 machine behind an Elastic IP, with RDS beside it. */
export const aws: Target = {
  name: "aws",
  check: (plan) => check(plan),
  build(plan, files, release, secrets) {
    const { spec } = plan;
    const compared = budgetNotice(plan);
    if (compared !== null) void pulumi.log.warn(compared);
    const scope = scopeOf(plan);
    const planned = servingHost(plan);
    const inNetwork = within(scope, "Network", "network");
    const inSite = within(scope, "Site", "site");
    const inHost = within(scope, "Host", planned.name);
    const inMonitoring = within(scope, "Monitoring", "monitoring");

    const names = namesOf(scope.prefix);
    const network = awsNetwork(inNetwork);
    const firewall = awsFirewall(inNetwork, network);
    const identity = awsIdentity(inHost);
    const site = siteAddress(inSite);
    const logs = awsLogs(inMonitoring);
    const rights = [identity.grant("reports", report(logs.host.arn, names.namespace))];
    const topics = awsTopics(inMonitoring);
    const tells = plan.hostAlerts === "topic";
    if (tells) rights.push(identity.grant("alerts", tellAlerts(topics.own.arn)));
    if (spec.access.sessions) rights.push(identity.grant("sessions", openSessions));

    const runtime = runtimeOf(spec.host.debian, instances[spec.host.size]?.architecture === "arm64" ? "aarch64" : "x86_64");
    const built = buildArchive(release, runtime);
    const former = formerOutputs();
    const { database, storage, kept, dump } = awsData(scope, { network, firewall, logs, former });
    if (database !== null) rights.push(identity.grant("login", keepLogin(database.appSecret, database.masterSecret)));
    if (storage !== null) rights.push(identity.grant("backups", keepBackups(storage.bucketArn, prefixes.host)));

    const machine = awsHost(inHost, planned, { network, firewall, identity, secrets, rights, former });
    const alerts = tells ? { [alertSecrets.topic]: topics.own.arn } : {};
    const late = lateOf(plan, secrets, database?.tells ?? externalDatabase(plan, secrets), {
      files: { [siteAddressPath]: machine.siteAddress },
      secrets: alerts,
    });
    const up = bringUp(plan, {
      machine,
      publicAddress: site.publicIp,
      manifest: files.of(planned),
      late,
      archive: { release, runtime, built },
      secrets,
      former,
    });
    const pointer = leadTo(inSite, site, { host: machine, gate: up.gate });
    const records = awsRecords(inSite, site.publicIp, pointer);
    const inService = putInService(up, [pointer, ...records], secrets);
    if (storage !== null) {
      const access = { AWS_DEFAULT_REGION: scope.region };
      backupRepository(up.host, { repository: storage.repository, access }, up.applied, secrets);
    }
    awsMonitoring(inMonitoring, { host: machine, address: site.publicIp, serving: pointer, database, kept, dump, logs, topics });

    const host: BuiltHost = {
      name: planned.name,
      address: machine.address,
      user: deployUser,
      hostKey: pulumi.output(up.host.hostKey),
      appliedAgain: up.again,
      generation: pulumi.output(machine.generation),
      image: machine.image,
    };
    // The secret it got on standard input marks its output, too; hostctl prints none.
    const serving = pulumi.unsecret(pulumi.all([up.applied.stdout, inService.stdout]).apply(() => release.digest));
    // The site is at this database, and has left others, only once it serves from it.
    const moved =
      database === null
        ? null
        : pulumi
            .all([database.output, database.identifier, database.leave(inService), serving])
            .apply(([known, instance, leaving]): BuiltDatabase => ({ ...known, instance, ...(leaving.length === 0 ? {} : { leaving }) }));
    return {
      siteUrl: serving.apply(() => `${plan.site.scheme}://${spec.site.domain}/`),
      address: site.publicIp,
      hosts: [host],
      database: moved,
      serving,
    };
  },
};

interface DataArgs {
  readonly network: Network;
  readonly firewall: Firewall;
  readonly logs: Logs;
  readonly former: Promise<FormerOutputs>;
}

/** What holds the stack's data; null for what it does without. */
function awsData(scope: Scope, { network, firewall, logs, former }: DataArgs) {
  const { spec, database: planned } = scope.plan;
  const inBackup = within(scope, "Backup", "backup");
  const database =
    planned.kind !== "managed"
      ? null
      : awsDatabase(within(scope, "Database", "database"), planned, {
          network,
          firewall,
          former: former.then((known) => known.database),
        });
  const storage = spec.backup.enabled ? awsStorage(inBackup) : null;
  const kept = database === null ? null : awsBackupPlan(inBackup, database);
  const dump =
    database === null || storage === null || logs.dumps === null
      ? null
      : awsDump(inBackup, { network, firewall, database, storage, logs: logs.dumps });
  awsImages(inBackup);
  return { database, storage, kept, dump };
}
