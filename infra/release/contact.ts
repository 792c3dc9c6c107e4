import { createHmac, hkdfSync } from "node:crypto";

/** Where a new machine leaves the proof of its host key, see cloud-init/ssh/prove-host-key. */
export const proofPath = "/var/lib/webstack/host-key.proof";

/**
 * What a new machine is told to prove itself with: 64 hex digits, which tell nothing of the key that they are derived from. Derived and not
 * drawn, so that nothing need be kept: https://www.rfc-editor.org/rfc/rfc5869
 * @param privateKey the stack's; whoever has it is root on the hosts anyway
 * @param machine words that together are those of one machine and of no other
 */
export function contactToken(privateKey: string, machine: readonly string[]): string {
  const info = JSON.stringify(["webstack: first contact", ...machine]);
  return Buffer.from(hkdfSync("sha256", privateKey, "", info, 32)).toString("hex");
}

/**
 * The proof of a host key, `ssh-ed25519 AAAA...`, by whoever has the token. It binds the token to the key, so it is of no use to who passes
 * it on: nobody else can end a connection with that key.
 */
export function proofOf(token: string, hostKey: string): string {
  return createHmac("sha256", token).update(hostKey).digest("hex");
}
