/**
 * npm run key -- STACK [--replace]: makes the key that a stack logs in to its hosts with, encrypted in the stack's file and in no other,
 * and prints its public half; where there is one, prints that. --replace makes another: hosts in a cloud are told of it before it is set,
 * and the next up brings machines that know it alone.
 */
import { sshKeyName } from "../infra/config/secretNames";
import { publicKeyOf } from "../infra/config/sshkey";
import { authorize } from "./authorize";
import { newKeyPair, type KeyPair } from "./keyPair";
import { prepareSecrets } from "./prepare";
import type { Pulumi } from "./pulumi";
import { secretsInState } from "./recover";
import { keyWishOf } from "./secrets";
import { hostsOf } from "./stack";
import { isLocal, requireReadable, secretsFileOf } from "./stackFiles";
import { main, UsageError } from "./terminal";

main(async () => {
  const { stack, replace } = keyWishOf(process.argv.slice(2));
  requireReadable(stack);
  const { pulumi, config } = await prepareSecrets(stack);
  const own = config.encrypted.includes(sshKeyName) ? await pulumi.capture(["config", "get", sshKeyName]) : "";
  const known = publicKeyOf(own);
  if ("line" in known && !replace) {
    console.log(
      `${known.line} webstack-${stack}\nIt is in ${secretsFileOf(stack)} already and stays; another one in its place: npm run key ` +
        `-- ${stack} --replace`,
    );
    return 0;
  }
  const pair = newKeyPair(`webstack-${stack}`);
  const runs = secretsInState(await pulumi.capture(["stack", "export", "--show-secrets"]))[sshKeyName] !== undefined;
  if (!runs)
    return set(
      pulumi,
      pair,
      `npm run secret -- ${stack} list says what else the stack needs, npm run up -- ${stack} makes hosts that know this key`,
    );

  if ("fault" in known) {
    const unset = config.set.has(sshKeyName) ? `npm run secret -- ${stack} unset ${sshKeyName}, then ` : "";
    throw new UsageError(
      `the hosts of ${stack} know a key that ${secretsFileOf(stack)} has lost, and no other opens them; ${unset}npm run secret -- ` +
        `${stack} recover takes it from the state`,
    );
  }
  if (config.target === "local")
    throw new UsageError(
      `the key of ${stack} stays while it is up: its machines that keep data let no other in, and the others would be made anew; ` +
        `npm run down -- ${stack} first`,
    );
  const hosts = await hostsOf(pulumi);
  await authorize(hosts, own, pair);
  const names = hosts.map(({ name }) => name).join(", ");
  return set(
    pulumi,
    pair,
    `npm run up -- ${stack} brings another machine in place of ${names}, which knows this key alone; until then ${names} knows the ` +
      "one before, too",
  );
});

async function set(pulumi: Pulumi, pair: KeyPair, next: string): Promise<number> {
  await pulumi.capture(["config", "set", "--secret", sshKeyName], pair.private);
  console.log(
    `${pair.public}\nIts private half is in ${secretsFileOf(pulumi.stack)}, encrypted, and in no other ` +
      `file${isLocal(pulumi.stack) ? "" : ": commit that one"}.\nNext: ${next}.`,
  );
  return 0;
}
