import { arch } from "node:os";
import * as pulumi from "@pulumi/pulumi";
import { Network } from "../../../providers/nspawn/resources";
import { physicalName } from "../../plan/names";
import { chosenAddress } from "../../plan/addresses";
import { hostsOf } from "../../plan/hosts";
import { runtimeOf } from "../../release/build";
import { askHost } from "../askHost";
import { lateOf } from "../database";
import { awaitBoot, buildArchive, deliverBundle, deployUser } from "../delivery";
import { externalDatabase } from "../externalDatabase";
import { formerOutputs } from "../formerOutputs";
import type { BuiltHost, Target } from "../target";
import { localBackup } from "./backup";
import { check } from "./check";
import { localDatabase } from "./database";
import { localFirewall } from "./firewall";
import { localMachine } from "./machine";
import { databaseHosts, databasePlaces } from "./move";

/** Machines on this box: the same plan and the same files as in a cloud. */
export const local: Target = {
  name: "local",
  check,
  build(plan, files, release, secrets) {
    const { spec, labels } = plan;
    const network = new Network("network", { name: physicalName("network", labels.project, labels.stack), range: spec.network.range });
    const former = formerOutputs();
    const places = databasePlaces(plan, former);
    localFirewall(
      plan,
      network,
      places.then((known) => databaseHosts(plan, known)),
    );
    const runtime = runtimeOf(spec.host.debian, arch() === "arm64" ? "aarch64" : "x86_64");
    const built = buildArchive(release, runtime);
    const database = plan.database.kind !== "managed" ? null : localDatabase(plan, plan.database, files, network, secrets, places);
    const [keeper] = hostsOf(plan, "backup");
    const backup = keeper === undefined ? null : localBackup(plan, keeper, files, network, secrets);
    const late = lateOf(plan, secrets, database?.tells ?? externalDatabase(plan, secrets), { files: backup?.files ?? {} });

    const served: pulumi.Output<string>[] = [];
    const hosts = hostsOf(plan, "web").map((planned, index): BuiltHost => {
      const host = localMachine(
        plan,
        network,
        {
          ...planned,
          address: chosenAddress(planned),
          memoryMiB: spec.host.memoryMiB,
          cpus: spec.host.cpus,
          keepsData: false,
        },
        secrets.sshPublicKey,
        places,
      );
      const boot = awaitBoot(host, secrets);
      const again = askHost(host, { declared: release.digest, former, boot, secrets });
      const applied = deliverBundle(host, {
        manifest: files.of(planned),
        late,
        secrets,
        archive: { release, runtime, built },
        boot,
        again,
      });
      // The secret it got on standard input marks its output, too; hostctl prints none.
      served.push(pulumi.unsecret(applied.stdout));
      if (index === 0) backup?.keepBackupsOf(host, applied);
      return {
        name: planned.name,
        address: pulumi.output(host.address),
        user: deployUser,
        hostKey: pulumi.output(host.hostKey),
        appliedAgain: again,
      };
    });
    const serving = pulumi.all(served).apply(() => release.digest);
    return {
      // A certificate is made out to the site's name; without TLS the address works on a box that does not know the name.
      siteUrl: serving.apply(() =>
        plan.site.scheme === "https" ? `https://${spec.site.domain}/` : `http://${hostsOf(plan, "web").map(chosenAddress)[0] ?? ""}/`,
      ),
      address: hosts[0]?.address ?? pulumi.output(""),
      hosts,
      // The site is at this database, and has left another, only once it serves from it.
      database: database === null ? null : pulumi.all([database.output, serving]).apply(([known]) => known),
      serving,
    };
  },
};
