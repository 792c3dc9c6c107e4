import { createHash } from "node:crypto";
import { packBundle } from "../../infra/host/bundle";
import { renderHosts } from "../../infra/host";
import { planStack } from "../../infra/plan";
import { spec } from "../config/baseline";

test("a bundle is a program whose last line carries the manifest, named by the digest of its text", () => {
  const [manifest] = [...renderHosts(planStack(spec()), "0123456789abcdef").values()];
  if (manifest === undefined) throw new Error("no host");
  const { text, digest } = packBundle(manifest);
  const last = text.trimEnd().split("\n").at(-1) ?? "";
  expect(JSON.parse(last.replace("# BUNDLE ", ""))).toEqual(manifest);
  expect(digest).toBe(createHash("sha256").update(text).digest("hex").slice(0, 16));
});
