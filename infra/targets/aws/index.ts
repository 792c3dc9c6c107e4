import * as pulumi from "@pulumi/pulumi";
import { instances } from "../../config/catalog/aws";
import { namesOf } from "../../host/cloudWatch";
import { alertSecrets } from "../../host/features/monitoring";
import { siteAddressPath } from "../../host/features/siteAddress";
import { budgetNotice } from "../../plan/budget";
import { servingHost } from "../../plan/hosts";
import { runtimeOf } from "../../release/build";
import { backupRepository } from "../backup";
import { commission, orderCertificate } from "../commission";
import { lateOf } from "../database";
import { buildArchive, deployUser } from "../delivery";
import { externalDatabase } from "../externalDatabase";
import { formerOutputs } from "../formerOutputs";
import type { BuiltDatabase, BuiltHost, Target } from "../target";
import { awsBackupPlan, awsStorage, prefixes } from "./backup";
import { check } from "./check";
import { awsDatabase } from "./database";
import { awsRecords } from "./dns";
import { awsDump } from "./dump";
import { awsFirewall } from "./firewall";
import { awsIdentity } from "./identity";
import { awsImages } from "./images";
import { awsMachine, pointSite, siteAddress } from "./machine";
import { awsLogs, awsMonitoring, awsTopics } from "./monitoring";
import { awsNetwork } from "./network";
import { keepBackups, keepLogin, openSessions, report, tellAlerts } from "./policies";
import { scopeOf } from "./scope";

/** One EC2 machine behind an Elastic IP, with RDS beside it. */
export const aws: Target = {
  name: "aws",
  check,
  build(plan, files, release, secrets) {
    const { spec } = plan;
    const compared = budgetNotice(plan);
    if (compared !== null) void pulumi.log.warn(compared);
    const scope = scopeOf(plan);
    const names = namesOf(scope.prefix);
    const network = awsNetwork(scope);
    const firewall = awsFirewall(scope, network);
    const identity = awsIdentity(scope);
    const site = siteAddress(scope);
    const logs = awsLogs(scope);
    const rights = [identity.grant("reports", report(logs.host.arn, names.namespace))];
    const topics = awsTopics(scope);
    const tells = plan.hostAlerts === "topic";
    if (tells) rights.push(identity.grant("alerts", tellAlerts(topics.own.arn)));
    if (spec.access.sessions) rights.push(identity.grant("sessions", openSessions));

    const runtime = runtimeOf(spec.host.debian, instances[spec.host.size]?.architecture === "arm64" ? "aarch64" : "x86_64");
    const built = buildArchive(release, runtime);
    const former = formerOutputs();
    const database =
      plan.database.kind !== "managed"
        ? null
        : awsDatabase(
            scope,
            plan.database,
            network,
            firewall,
            former.then((known) => known.database),
          );
    if (database !== null) rights.push(identity.grant("login", keepLogin(database.appSecret.arn, database.masterSecret)));
    const storage = spec.backup.enabled ? awsStorage(scope) : null;
    if (storage !== null) rights.push(identity.grant("backups", keepBackups(storage.bucket.arn, prefixes.host)));
    const kept = database === null ? null : awsBackupPlan(scope, database);
    const dump =
      database === null || storage === null || logs.dumps === null
        ? null
        : awsDump(scope, network, firewall, database, storage, logs.dumps);
    awsImages(scope);

    const planned = servingHost(plan);
    const machine = awsMachine(scope, planned, { network, firewall, identity, secrets, rights, former });
    const alerts = tells ? { [alertSecrets.topic]: topics.own.arn } : {};
    const late = lateOf(plan, secrets, database?.tells ?? externalDatabase(plan, secrets), {
      files: { [siteAddressPath]: machine.siteAddress },
      secrets: alerts,
    });
    const commissioned = commission(plan, {
      machine: {
        name: planned.name,
        resource: machine.resource,
        replacedBy: machine.cardName,
        address: machine.address,
        token: machine.token,
      },
      publicAddress: site.publicIp,
      manifest: files.of(planned),
      late,
      archive: { release, runtime, built },
      secrets,
      former,
    });
    const pointer = pointSite(scope, site, machine, commissioned.gate);
    const records = awsRecords(scope, site.publicIp, pointer);
    const inService = orderCertificate(commissioned, [pointer, ...records], secrets);
    if (storage !== null)
      backupRepository(commissioned.host, storage.repository, { AWS_DEFAULT_REGION: scope.region }, commissioned.applied, secrets);
    awsMonitoring(scope, {
      machine: machine.resource,
      site,
      serving: pointer,
      database,
      vaultName: kept?.vault.name ?? null,
      dump,
      rehearsal: kept?.role.arn ?? null,
      logs,
      topics,
    });

    const host: BuiltHost = {
      name: planned.name,
      address: machine.address,
      user: deployUser,
      hostKey: pulumi.output(commissioned.host.hostKey),
      appliedAgain: commissioned.again,
      generation: pulumi.output(machine.generation),
      image: machine.image,
    };
    // The secret it got on standard input marks its output, too; hostctl prints none.
    const serving = pulumi.unsecret(pulumi.all([commissioned.applied.stdout, inService.stdout]).apply(() => release.digest));
    // The site is at this database, and has left others, only once it serves from it.
    const moved =
      database === null
        ? null
        : pulumi
            .all([database.output, database.instance.identifier, database.leave(inService), serving])
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
