import assert from "node:assert/strict";
import { execFileSync } from "node:child_process";
import { mkdtempSync, readFileSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { ask } from "../http";
import type { Fault } from "./fault";
import type { FaultSite } from "./site";

async function certificateFault(site: FaultSite): Promise<{ code: number; fault: string | null }> {
  const { code, stdout } = await site.attempt("hostctl status --json");
  return { code, fault: (JSON.parse(stdout) as { certificate: { fault: string | null } }).certificate.fault };
}

/** Key and a certificate that was good until yesterday, signed by an authority that nobody asks, as PEM. */
function expired(): string {
  const folder = mkdtempSync(join(tmpdir(), "expired-"));
  const openssl = (...words: string[]) => execFileSync("openssl", words, { cwd: folder, stdio: "ignore" });
  try {
    const key = ["-newkey", "ec", "-pkeyopt", "ec_paramgen_curve:P-256", "-nodes"];
    openssl("req", "-x509", ...key, "-subj", "/CN=authority", "-days", "2", "-keyout", "ca.key", "-out", "ca.pem");
    openssl("req", ...key, "-subj", "/CN=shop.test", "-keyout", "site.key", "-out", "site.csr");
    openssl("x509", "-req", "-in", "site.csr", "-CA", "ca.pem", "-CAkey", "ca.key", "-CAcreateserial", "-days", "-1", "-out", "site.pem");
    return readFileSync(join(folder, "site.pem"), "utf8") + readFileSync(join(folder, "site.key"), "utf8");
  } finally {
    rmSync(folder, { recursive: true });
  }
}

export const certificateExpired: Fault = {
  name: "expired certificate",
  how: "nginx is given one that ended yesterday; visitors of this load do not look",
  fails: "none",
  async run(site) {
    await site.run("cat > /etc/webstack/tls/site.pem && systemctl reload nginx && sleep 1", expired());
    const { code, fault } = await certificateFault(site);
    assert.equal(code, 1);
    assert.match(fault ?? "", /^has expired; /);
    await assert.rejects(ask(`${site.url}healthz`, { address: site.address, ca: site.root }), /certificate|signature/);
    await site.run("hostctl renew");
    assert.deepEqual(await certificateFault(site), { code: 0, fault: null });
    assert.equal((await ask(`${site.url}healthz`, { address: site.address, ca: site.root })).status, 200);
    return "`hostctl status` exits with 1: has expired; `hostctl renew` mends it";
  },
};

export const authorityDown: Fault = {
  name: "ACME server down",
  how: "the web machine's packets to it are refused during a renewal",
  fails: "none",
  async run(site) {
    await site.run(
      `nft "add table inet fault; add chain inet fault out { type filter hook output priority -10; }; add rule inet fault out tcp ` +
        `dport ${site.authorityPort} reject with tcp reset"`,
    );
    try {
      const { code, stderr } = await site.attempt("hostctl renew");
      assert.equal(code, 1);
      assert.match(stderr, /no certificate was had[^]*connection refused/);
      const found = await certificateFault(site);
      assert.equal(found.code, 1);
      assert.match(found.fault ?? "", /could not be renewed/);
      assert.equal((await ask(`${site.url}healthz`, { address: site.address, ca: site.root })).status, 200);
    } finally {
      await site.run("nft delete table inet fault");
    }
    await site.run("systemctl start webstack-certificate.service");
    assert.deepEqual(await certificateFault(site), { code: 0, fault: null });
    return "failed unit with the reason, `hostctl status` exits with 1; the old certificate serves; the next try renews";
  },
};
