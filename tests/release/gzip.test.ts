import { mkdtempSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { gunzipSync } from "node:zlib";
import { storeGzip } from "../../infra/release/gzip";

// A block holds 65535 bytes.
test.each([0, 1, 65_535, 65_536, 200_000])("%i bytes come out as they went in, and any gzip reads them", (size) => {
  const folder = mkdtempSync(join(tmpdir(), "webstack-gzip-"));
  const bytes = Buffer.from(Array.from({ length: size }, (_, index) => (index * 7) % 251));
  writeFileSync(join(folder, "in"), bytes);
  storeGzip(join(folder, "in"), join(folder, "out"));
  const packed = readFileSync(join(folder, "out"));
  expect([gunzipSync(packed).equals(bytes), packed.length]).toEqual([true, 18 + size + 5 * Math.max(1, Math.ceil(size / 65_535))]);
  rmSync(folder, { recursive: true });
});
