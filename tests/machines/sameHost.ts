import { appendFileSync } from "node:fs";
import { join } from "node:path";
import { said, steps, type TestCloud } from "./cloud";
import type { Answer } from "./http";
import { type nightly, testAtNight } from "./rows";

/** What holds on every cloud once a host serves there: what is the app's alone reaches the same machine, and the cloud is not asked. */
export function sameHostTests(cloud: TestCloud, page: () => Promise<Answer>, styleSheet: string): void {
  test("an unchanged preview has nothing to do", async () => {
    const preview = await cloud.preview("--expect-no-changes");
    expect([preview.code, said(preview)]).toEqual([0, expect.stringMatching(/Resources:\n\s+\d+ unchanged\n/)]);
  }, 120_000);

  test("a change of the settings reaches the same machine and touches nothing else of the cloud", async () => {
    const mark = cloud.journal().length;
    cloud.change({ env: { GREETING: "hello" } });
    const up = await cloud.mustUp();
    expect(cloud.since(mark)).toEqual([]);
    expect(steps(up)).toContain("updated Command web-0-apply");
    expect((await page()).status).toBe(200);
  }, 200_000);

  /** On AWS it waits for the night. */
  const onOneCloud = (name: keyof typeof nightly.aws, run: () => Promise<void>): void => {
    if (cloud.cloud === "aws") testAtNight("aws", name, run, 200_000);
    else test(name, run, 200_000);
  };

  onOneCloud("a release reaches the same machine and touches nothing else of the cloud", async () => {
    const mark = cloud.journal().length;
    appendFileSync(join(cloud.folder, styleSheet), "\n/* another release */\n");
    await cloud.mustUp();
    expect(cloud.since(mark)).toEqual([]);
    expect((await page()).status).toBe(200);
  });

  onOneCloud("what was rolled back on the host is applied again by up, which touches nothing else", async () => {
    const mark = cloud.journal().length;
    await cloud.remote("sudo hostctl rollback");
    const up = await cloud.mustUp();
    expect(said(up)).toMatch(/web-0 serves release [0-9a-f]{16}, not the declared [0-9a-f]{16}: it is applied again/);
    expect([cloud.since(mark), [...steps(up)].sort()]).toEqual([[], ["updated Command web-0-apply", "updated Command web-0-release"]]);
    expect(await cloud.remote("readlink /srv/webstack/current")).toContain((await cloud.outputs()).release);
    expect((await cloud.preview("--expect-no-changes")).code).toBe(0);
  });
}
