import { generateKeyPairSync, randomBytes } from "node:crypto";

/** A pair of SSH keys. */
export interface KeyPair {
  /** In OpenSSH's own form, which hosts and programs of this project read. */
  readonly private: string;
  /** `ssh-ed25519 AAAA... COMMENT` */
  readonly public: string;
}

/**
 * Makes a pair of ed25519 in memory, without a passphrase. By hand, since Node writes no OpenSSH form and ssh2's maker drops the zeros that
 * one key in four hundred begins with, which then nobody can read. https://github.com/openssh/openssh-portable/blob/master/PROTOCOL.key
 */
export function newKeyPair(comment: string): KeyPair {
  const { d = "", x = "" } = generateKeyPairSync("ed25519").privateKey.export({ format: "jwk" });
  const [secret, open] = [Buffer.from(d, "base64url"), Buffer.from(x, "base64url")];
  const type = "ssh-ed25519";
  const blob = Buffer.concat([field(type), field(open)]);
  // Twice the same number, by which a reader knows that it decrypted well.
  const check = randomBytes(4);
  const whole = Buffer.concat([check, check, field(type), field(open), field(Buffer.concat([secret, open])), field(comment)]);
  const padding = Buffer.from(Array.from({ length: (8 - (whole.length % 8)) % 8 }, (_, i) => i + 1));
  const bytes = Buffer.concat([
    Buffer.from("openssh-key-v1\0"),
    field("none"),
    field("none"),
    field(""),
    number(1),
    field(blob),
    field(Buffer.concat([whole, padding])),
  ]);
  const lines = bytes.toString("base64").match(/.{1,70}/g) ?? [];
  return {
    private: ["-----BEGIN OPENSSH PRIVATE KEY-----", ...lines, "-----END OPENSSH PRIVATE KEY-----", ""].join("\n"),
    public: `${type} ${blob.toString("base64")} ${comment}`,
  };
}

/** RFC 4251, 5: four bytes of length, then the bytes. */
const field = (content: string | Buffer): Buffer => Buffer.concat([number(Buffer.byteLength(content)), Buffer.from(content)]);

function number(value: number): Buffer {
  const bytes = Buffer.alloc(4);
  bytes.writeUInt32BE(value);
  return bytes;
}
