import { mkdirSync, mkdtempSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { cacheNow, cacheTable } from "../../../cli/test/cache";

test("a run says of each kind what the cache had and what it made", () => {
  const folder = mkdtempSync(join(tmpdir(), "webstack-cache-"));
  try {
    expect(cacheNow(join(folder, "none")).size).toBe(0);
    mkdirSync(join(folder, "images/one"), { recursive: true });
    writeFileSync(join(folder, "images/one.lock"), "");
    const before = cacheNow(folder);
    mkdirSync(join(folder, "images/two"));
    mkdirSync(join(folder, "releases"));
    for (const name of ["a", "b"]) writeFileSync(join(folder, "releases", name), "");
    expect(cacheTable(before, cacheNow(folder))).toBe(
      ["The cache, before the run and by it:", "  images    1 there, 1 made", "  releases  0 there, 2 made"].join("\n"),
    );
  } finally {
    rmSync(folder, { recursive: true });
  }
});
