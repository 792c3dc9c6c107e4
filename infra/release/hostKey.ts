/**
 * Prints the SSH key of a machine that was just made, and waits until it boots. Run by the engine through targets/commission.ts:
 *   ADDRESS  the machine's own
 * The first answer is believed, as with any machine that nobody has met; it is kept in the stack's state and every later connection is held to it.
 */
import { shownKey } from "./connect";
import { failing, patiently } from "./patience";

/** A cloud's machine takes one or two minutes to boot. */
const seconds = 300;

async function main(): Promise<void> {
  const address = process.env.ADDRESS ?? "";
  try {
    process.stdout.write(await patiently(seconds, () => shownKey(address)));
  } catch (error) {
    throw new Error(`${address} did not answer SSH within ${seconds} s (${(error as Error).message}); look whether access.sshFrom lets this place in`, { cause: error });
  }
}

main().catch(failing);
