import { appendFileSync } from "node:fs";
import { join } from "node:path";
import type { TestStack } from "./stack";

/** Two releases of a host, by their digests. */
export type Pair = readonly [first: string, second: string];

/** Gives a stack that is up a second release, so that it can move between two. */
export async function addRelease(stack: TestStack): Promise<Pair> {
  const first = await servingRelease(stack);
  appendFileSync(join(stack.app, "ocpizza/urls.py"), "\n# a second release\n");
  await stack.mustUp();
  return [first, await servingRelease(stack)];
}

/**
 * Moves a host between its two releases, by `rollback` and by `release` in turn.
 * @returns the slot that served after each move
 * @throws when a move fails or another release serves than it should
 */
export async function moveReleases(stack: TestStack, [first, second]: Pair, moves: number): Promise<readonly string[]> {
  const slots: string[] = [];
  for (let move = 0; move < moves; move++) {
    const next = move % 2 === 0 ? first : second;
    await stack.remote(move % 2 === 0 ? "sudo hostctl rollback" : `sudo hostctl release ${next}`);
    const now = await servingRelease(stack);
    if (now !== next) throw new Error(`${now} serves after move ${move}, not ${next}`);
    slots.push(await stack.remote("readlink /etc/nginx/webstack/upstreams/web.conf"));
  }
  return slots;
}

async function servingRelease(stack: TestStack): Promise<string> {
  return (await stack.remote("readlink /srv/webstack/current")).split("/").at(-1) ?? "";
}
