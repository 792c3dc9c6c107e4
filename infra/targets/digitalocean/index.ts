import { SshKey } from "@pulumi/digitalocean/sshKey";
import * as pulumi from "@pulumi/pulumi";
import { siteEnvironment } from "../../host/environment";
import { physicalName } from "../../plan/names";
import type { Runtime } from "../../release/build";
import { commission, orderCertificate } from "../commission";
import { buildArchive, deployUser } from "../delivery";
import type { BuiltHost, Target } from "../target";
import { leadTo, siteAddress } from "./address";
import { check } from "./check";
import { managedDatabase } from "./database";
import { firewall } from "./firewall";
import { droplet } from "./host";
import { vpc } from "./network";
import { hostTag } from "./tags";

/** Debian 12 on the processors that all sizes of the catalog have. */
const runtime: Runtime = { python: "3.11", architecture: "x86_64" };

/** One Droplet behind a reserved IP, with a managed database beside it. */
export const digitalocean: Target = {
  name: "digitalocean",
  check,
  build(plan, files, release, secrets) {
    const { spec, labels } = plan;
    const network = vpc(plan);
    const tag = hostTag(plan);
    firewall(plan, tag);
    const key = new SshKey("ssh-key", { name: physicalName("host", labels.project, labels.stack), publicKey: secrets.sshPublicKey });
    const address = siteAddress(plan);
    const built = buildArchive(release, runtime);

    const database = plan.database.kind === "none" ? null : managedDatabase(plan, plan.database, network, tag);
    const env: Record<string, pulumi.Input<string>> = { ...siteEnvironment(plan), ...secrets.env };
    if (database !== null) env.DATABASE_URL = database.url;
    const late = { env, files: database === null ? {} : { [database.caPath]: database.ca } };

    const served: pulumi.Output<string>[] = [];
    const hosts = plan.hosts.map((planned): BuiltHost => {
      const manifest = files.get(planned.name);
      if (manifest === undefined) throw new Error(`no files were rendered for ${planned.name}`);
      const machine = droplet(plan, planned, network, tag, key, secrets.sshPublicKey);
      const commissioned = commission(
        plan,
        { name: planned.name, resource: machine, address: machine.ipv4Address },
        address.ipAddress,
        manifest,
        late,
        { release, runtime, built },
        secrets,
      );
      const pointer = leadTo(address, machine, commissioned.gate);
      const inService = orderCertificate(commissioned, pointer, secrets);
      // The secret it got on standard input marks its output, too; hostctl prints none.
      served.push(pulumi.unsecret(pulumi.all([commissioned.applied.stdout, inService.stdout]).apply(([said]) => said)));
      return { name: planned.name, address: machine.ipv4Address, user: deployUser, hostKey: pulumi.output(commissioned.host.hostKey) };
    });
    const serving = pulumi.all(served).apply(() => release.digest);
    return { siteUrl: serving.apply(() => `${plan.site.scheme}://${spec.site.domain}/`), hosts, database: database?.output ?? null, serving };
  },
};
