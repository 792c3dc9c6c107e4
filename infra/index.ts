import { loadSpec } from "./config/load";
import { ConfigError } from "./config/problems";
import { renderHosts } from "./host";
import { toOutputs } from "./outputs";
import { planStack } from "./plan";
import { overBudget } from "./plan/budget";
import { checkSource } from "./release/check";
import { findRelease } from "./release/digest";
import { targetFor } from "./targets";

const { spec, secrets, providerSettings } = loadSpec();
const plan = planStack(spec);
const target = targetFor(spec.target);
const known = { sshPublicKey: secrets.sshPublicKey, providerSettings };
const problems = [...overBudget(plan), ...target.check(plan, known), ...checkSource(spec.app, spec.static, spec.host.debian)];
if (problems.length > 0) throw new ConfigError(`Pulumi.${spec.stack}.yaml`, problems);

const found = findRelease(spec.app);
const built = target.build(plan, renderHosts(plan, found.digest), found, secrets);

export const { version, siteUrl, address, hosts, database, release } = toOutputs(built);
