/**
 * npm run backend -- STACK [--bucket NAME]: moves a stack's state out of a folder of this box into a private, versioned and encrypted
 * bucket of its own cloud. The old one stays until the new one is read back and compared; whatever fails before leaves everything as it
 * was, and it can be run again.
 */
import { readFileSync, writeFileSync } from "node:fs";
import { basename } from "node:path";

import { readStackFile, type Opener } from "../infra/config/stackFile";
import { project } from "../tools/setup/folders";
import { setUp } from "../tools/setup";
import { backendEnvironment, folderOf, makeBackend, ownBackend } from "./backend";
import { readDescription } from "./description";
import { Pulumi } from "./pulumi";
import { makeBucket } from "./state/bucket";
import { isSameState, isUnfinished, sizeOf } from "./state/compare";
import { isLocked, leaveBehind, movedTo } from "./state/moved";
import { placeOf, type Place } from "./state/place";
import { stackFileOf } from "./stackFiles";
import { main, table, UsageError } from "./terminal";
import { whichStack } from "./whichStack";

const usage = "npm run backend -- STACK [--bucket NAME]";

main(async () => {
  const { stack, rest } = await whichStack();
  const [option, named, ...more] = rest;
  if ((option !== undefined && (option !== "--bucket" || named === undefined)) || more.length > 0)
    throw new UsageError(`${usage}, got ${rest.join(" ")}`);
  const spec = readDescription(project, stack);
  await setUp();
  makeBackend();
  const folder = folderOf(ownBackend() === "" ? (backendEnvironment()["PULUMI_BACKEND_URL"] ?? "") : ownBackend());
  if (folder === null) {
    console.log(`The state of ${stack} lies in ${ownBackend()} already; nothing is moved.`);
    return 0;
  }
  const before = movedTo(folder, stack);
  if (before !== null) {
    console.log(`The state of ${stack} was moved to ${before} already: export PULUMI_BACKEND_URL='${before}'`);
    return 0;
  }
  const file = readFileSync(stackFileOf(stack), "utf8");
  const { opener } = readStackFile(file, basename(stackFileOf(stack)));
  const place = placeOf(stack, spec, opener.salt, named, process.env);
  const old = new Pulumi(stack);
  await old.require();
  const state = await old.capture(["stack", "export", "--show-secrets"]);
  if (isLocked(folder, stack))
    throw new UsageError(`an update of ${stack} is under way; nothing was moved. If it was killed: npm run pulumi -- ${stack} cancel`);
  if (isUnfinished(state))
    throw new UsageError(
      `an update of ${stack} was interrupted, so its state is not whole; npm run up -- ${stack} ends it, and nothing was moved`,
    );

  const made = await makeBucket(place.storage, place.bucket, place.custom);
  console.log(`${made ? "Made" : "Found"} the bucket ${place.bucket}: private, versioned, encrypted.`);
  try {
    await copy(old, place, opener.provider, state);
  } finally {
    // The engine writes the stack's file when it makes a stack; what opens its secrets stays.
    if (readFileSync(stackFileOf(stack), "utf8") !== file) writeFileSync(stackFileOf(stack), file);
  }
  if (isLocked(folder, stack) || !isSameState(await old.capture(["stack", "export", "--show-secrets"]), state)) {
    throw new UsageError(
      `the state of ${stack} changed while it was copied, so it stays in its folder; run this again once nothing changes the ` +
        "stack, with another --bucket NAME",
    );
  }
  const kept = leaveBehind(folder, stack, place.url);
  console.log(
    `\nThe state of ${stack}, ${sizeOf(state)} resources, lies in the bucket now; it was read back and is the same.\n${table([
      ["backend", `export PULUMI_BACKEND_URL='${place.url}'`],
      ["for", "everybody who deploys, and the variable of CI"],
      ["secrets", saysOf(opener, stack, spec.target)],
      ["check", `npm run preview -- ${stack} --expect-no-changes`],
      ...kept.map((one) => ["old", `${one}; delete it once that found nothing`] as const),
    ])}`,
  );
  return 0;
});

/**
 * Imports the state into the bucket, unless it is there already from a run that was interrupted, and compares. @throws UsageError where the
 * bucket has another state of that name
 */
async function copy(old: Pulumi, place: Place, provider: string | null, state: string): Promise<void> {
  const { stack } = old;
  const fresh = new Pulumi(stack, { env: backendEnvironment(place.url) });
  if (!(await fresh.isMade())) await fresh.make({ provider });
  const there = await fresh.capture(["stack", "export", "--show-secrets"]);
  if (isSameState(there, state) && sizeOf(state) > 0) return;
  if (sizeOf(there) > 0)
    throw new UsageError(
      `bucket ${place.bucket} has another state of ${stack} already, with ${sizeOf(there)} resources; nothing was moved. Another ` +
        "bucket: --bucket NAME",
    );
  await fresh.capture(["stack", "import"], await old.capture(["stack", "export"]));
  if (!isSameState(await fresh.capture(["stack", "export", "--show-secrets"]), state))
    throw new UsageError(
      `the state that bucket ${place.bucket} gives back is not the one that it was given; the old one stays as it is. Run it again`,
    );
}

/** What opens the secrets of a stack from now on, in words. */
function saysOf({ provider }: Opener, stack: string, target: string): string {
  if (provider !== null) return `opened by ${provider}, as before`;
  const key =
    target === "aws" ? `; by a key of AWS instead: npm run pulumi -- ${stack} stack change-secrets-provider 'awskms://alias/NAME'` : "";
  return `opened by the passphrase, as before, which CI has as PULUMI_CONFIG_PASSPHRASE${key}`;
}
