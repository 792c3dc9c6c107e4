import { debians } from "../infra/config/catalog/debian";
import { http3 } from "../tools/http3";
import { setUp } from "../tools/setup";
import { underHttp3, type MetByHttp3 } from "../tests/machines/http3";
import { addRelease, moveReleases } from "../tests/machines/moves";
import { TestStack } from "../tests/machines/stack";
import type { Table } from "./table";

const rate = 50;
const domain = "shop.test";

/**
 * What visitors by HTTP/3 lose while releases change under them, and while the nginx that they come to begins anew, as it does for a new
 * certificate; with and without the way back to TCP that browsers have. Two minutes at most each. The certificate is the host's own
 * stand-in, which these visitors take.
 */
export async function benchHttp3(): Promise<readonly Table[]> {
  await setUp([http3]);
  const stack = new TestStack("quic", "10.84.6.0/24");
  try {
    await stack.init({
      host: { image: "debian-13", cpus: 2, memoryMiB: 2048 },
      database: { engine: "postgres", version: debians["debian-13"].postgres },
      // Nobody answers there: no certificate is ordered.
      site: { domain, tls: "letsencrypt", acme: { directory: "https://127.0.0.1:9/dir", email: "ops@shop.test" }, http3: true },
    });
    await stack.mustUp();
    const pair = await addRelease(stack);
    const address = (await stack.outputs()).hosts[0]?.address ?? "";
    const visit = (work: () => Promise<unknown>, how: { connections?: number; fallback?: number }) =>
      underHttp3(`https://${domain}/products`, rate, work, { address, ...how });
    const releases = () => moveReleases(stack, pair, 10);
    const restarts = () => stack.remote("for n in 1 2 3; do sudo systemctl restart nginx-http3.service; sleep 5; done");
    const rows = [
      ["ten releases and rollbacks, connections kept", await visit(releases, { connections: 10 })],
      ["ten releases and rollbacks, a connection each", await visit(releases, {})],
      ["three new certificates, connections kept", await visit(restarts, { connections: 10 })],
      ["the same, with the way back to TCP after a second", await visit(restarts, { connections: 10, fallback: 1 })],
    ] as const;
    return [
      {
        title: "HTTP/3 at 50 requests a second",
        columns: ["what happens", "requests", "no answer by HTTP/3", "failed", "over a second", "longest"],
        rows: rows.map(([name, met]) => [
          name,
          String(met.requests),
          String(met.lost),
          String(failures(met)),
          String(met.slow),
          `${met.longest} ms`,
        ]),
        note:
          "A page of the database; visitors are quic-go's, on the same two cores. A certificate's change starts the nginx of HTTP/3 " +
          "anew. Aim: none lost by a release, none failed for who falls back.",
      },
    ];
  } finally {
    await stack.down();
  }
}

const failures = ({ failed }: MetByHttp3<unknown>): number => Object.values(failed).reduce((sum, count) => sum + count, 0);
