import { mkdtempSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { run } from "../../providers/nspawn/command";

/** A certificate and its key, PEM. */
export interface Certificate {
  readonly certificate: string;
  readonly key: string;
}

const days = ["-days", "30"] as const;
const newKey = ["-newkey", "ec", "-pkeyopt", "ec_paramgen_curve:P-256", "-nodes", "-sha256"] as const;

/** A certificate authority that only this test's machines trust. `name`: its common name. */
export function makeAuthority(name: string): Certificate {
  return within((file) => {
    run([
      "openssl",
      "req",
      "-x509",
      ...newKey,
      ...days,
      "-subj",
      `/CN=${name}`,
      "-addext",
      "keyUsage=critical,keyCertSign",
      "-keyout",
      file("key"),
      "-out",
      file("crt"),
    ]);
    return { certificate: readFileSync(file("crt"), "utf8"), key: readFileSync(file("key"), "utf8") };
  });
}

/** A server's certificate. `names`: as OpenSSL writes them, "DNS:www.example.org" or "IP:10.0.0.1". */
export function sign(authority: Certificate, names: readonly string[]): Certificate {
  return within((file) => {
    writeFileSync(file("ca.crt"), authority.certificate);
    writeFileSync(file("ca.key"), authority.key, { mode: 0o600 });
    writeFileSync(file("ext"), `subjectAltName=${names.join(",")}\nextendedKeyUsage=serverAuth\n`);
    run(["openssl", "req", ...newKey, "-subj", "/CN=server", "-keyout", file("key"), "-out", file("csr")]);
    run([
      "openssl",
      "x509",
      "-req",
      "-sha256",
      ...days,
      "-in",
      file("csr"),
      "-CA",
      file("ca.crt"),
      "-CAkey",
      file("ca.key"),
      "-CAcreateserial",
      "-extfile",
      file("ext"),
      "-out",
      file("crt"),
    ]);
    return { certificate: readFileSync(file("crt"), "utf8"), key: readFileSync(file("key"), "utf8") };
  });
}

function within<T>(work: (file: (name: string) => string) => T): T {
  const folder = mkdtempSync(join(tmpdir(), "authority-"));
  try {
    return work((name) => join(folder, name));
  } finally {
    rmSync(folder, { recursive: true });
  }
}
