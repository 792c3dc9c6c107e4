import type { Answer } from "./http";

export interface Visits<T> {
  readonly done: T;
  /** How many came. */
  readonly answers: number;
  /** What they got who did not get 200: the status and the page, or the words of a broken connection. */
  readonly failed: readonly string[];
}

/** Sends visitors, one after the other, each with a connection of its own, while `work` is done. */
export async function visitors<T>(visit: () => Promise<Answer>, work: Promise<T>): Promise<Visits<T>> {
  let over = false;
  const visits = (async () => {
    const seen: string[] = [];
    while (!over) seen.push(await visit().then(({ status, body }) => (status === 200 ? "200" : `${status} ${body}`), String));
    return seen;
  })();
  const done = await work.finally(() => (over = true));
  const seen = await visits;
  return { done, answers: seen.length, failed: seen.filter((answer) => answer !== "200") };
}
