import assert from "node:assert/strict";
import { setTimeout as sleep } from "node:timers/promises";
import { ask } from "../http";
import type { Fault } from "./fault";
import type { FaultSite } from "./site";

/** A release while a download and a stream of events are under way that began just before it. */
export function releaseDuring(seconds: number): Fault {
  return {
    name: `release during requests of ${seconds} s`,
    how: `a download and a stream of events of ${seconds} s each, begun before a release`,
    fails: "none",
    async run(site) {
      const before = await site.unit();
      const began = Date.now();
      const asked = Promise.all(["download", "events"].map((kind) => lines(site, kind, seconds)));
      await sleep(1000);
      const { code, stderr } = await site.update([
        "site.css",
        "shop.static.shop",
        `${site.source("shop/static/shop/site.css")}\n/* during ${seconds} s */\n`,
      ]);
      assert.deepEqual([code, stderr], [0, ""]);
      // The old slot has stopped by now, and not before its requests had ended.
      const released = (Date.now() - began) / 1000;
      assert.deepEqual(await asked, [seconds, seconds]);
      assert.ok(released >= seconds, `the release ended after ${released.toFixed(1)} s`);
      assert.notEqual(await site.unit(), before);
      assert.equal(await site.property(before, "ActiveState"), "inactive");
      await site.run("hostctl rollback");
      return `both whole; the old slot stopped ${(released - seconds).toFixed(1)} s after them`;
    },
  };
}

/**
 * Lines of a page that says one each second; nginx keeps those of a download until its buffer is full. @throws when its connection breaks
 * before its end
 */
async function lines(site: FaultSite, kind: string, seconds: number): Promise<number> {
  const { status, body } = await ask(`${site.url}long/${kind}/${seconds}`, {
    address: site.address,
    ca: "anybody",
    timeoutSeconds: seconds + 15,
  });
  assert.equal(status, 200);
  return body.match(/^data: \d+$/gm)?.length ?? 0;
}
