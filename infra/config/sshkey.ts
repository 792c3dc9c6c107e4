/** Why a stack cannot log in with a key. */
export const keyFaults = {
  form: "must be a private key of OpenSSH",
  type: "must be a key of type ed25519",
  passphrase: "must have no passphrase, since nobody is there to type it",
} as const;

/**
 * The public key line that belongs to an OpenSSH ed25519 private key. The file carries the public half in clear, also
 * where the private half is encrypted, so nothing needs to be decoded that is secret.
 * https://github.com/openssh/openssh-portable/blob/master/PROTOCOL.key
 *
 * @returns the line, or why it cannot be had; never a part of the private key.
 */
export function publicKeyOf(privateKey: string): { readonly line: string } | { readonly fault: keyof typeof keyFaults } {
  const armoured = /^-----BEGIN OPENSSH PRIVATE KEY-----\s+([A-Za-z0-9+/=\s]+?)\s*-----END OPENSSH PRIVATE KEY-----\s*$/.exec(privateKey);
  const bytes = Buffer.from(armoured?.[1] ?? "", "base64");
  const magic = "openssh-key-v1\0";
  if (bytes.subarray(0, magic.length).toString("latin1") !== magic) return { fault: "form" };
  let offset = magic.length;
  /** A number of four bytes, most significant first; past the end it is 0. */
  const number = (): number => {
    offset += 4;
    return offset <= bytes.length ? bytes.readUInt32BE(offset - 4) : 0;
  };
  const field = (): Buffer => {
    const length = number();
    offset += length;
    return bytes.subarray(offset - length, offset);
  };
  const cipher = field().toString("latin1");
  field(); // name of the key derivation
  field(); // its options
  if (number() !== 1) return { fault: "form" };
  const blob = field();
  const secret = field();
  if (secret.length === 0 || offset !== bytes.length) return { fault: "form" };
  // A public key of ed25519 is the string "ssh-ed25519" and 32 bytes, each after its length (RFC 8709, 4).
  if (blob.subarray(4, 15).toString("latin1") !== "ssh-ed25519" || blob.length !== 4 + 11 + 4 + 32) return { fault: "type" };
  // A deployment runs without a person at a keyboard.
  if (cipher !== "none") return { fault: "passphrase" };
  return { line: `ssh-ed25519 ${blob.toString("base64")}` };
}
