import { defaultImageNotice, namesImage, runningDebian } from "../../cli/defaultImage";
import type { Manifest } from "../../infra/host/manifest";
import { renderHosts } from "../../infra/host";
import { planStack } from "../../infra/plan";
import { spec } from "../config/baseline";

const served = [...renderHosts(planStack(spec({ host: { image: "debian-12" } })), "00112233aabbccdd").values()];

test("hosts run what was delivered to them last; a bundle from before there was a choice names no release", () => {
  expect(runningDebian(served)).toBe("debian-12");
  expect(runningDebian(served.map((manifest) => ({ ...manifest, debian: "13" })))).toBe("debian-13");
  expect(runningDebian(served.map((manifest) => ({ ...manifest, debian: undefined }) as unknown as Manifest))).toBe("debian-12");
  expect([runningDebian([]), runningDebian(served.map((manifest) => ({ ...manifest, release: null })))]).toEqual([null, null]);
});

test("a default that is another by now says what it replaces, for how long, and the line that keeps it", () => {
  expect(defaultImageNotice("local", "debian-12")).toBe(
    "host.image is not named, and its default is debian-13: the host, which runs Debian 12, is replaced; the old one goes first, " +
      "and the site is away until the new one serves, about half a minute. To keep it, write image: debian-12 below webstack:host",
  );
  expect(defaultImageNotice("aws", "debian-12")).toContain(
    "the old one serves until then. To keep it, write image: debian-12 below webstack:host",
  );
  expect([defaultImageNotice("local", "debian-13"), defaultImageNotice("local", null)]).toEqual([null, null]);
  expect([{}, { host: null }, { host: { cpus: 2 } }, { host: { image: "debian-13" } }].map(namesImage)).toEqual([
    false,
    false,
    false,
    true,
  ]);
});
