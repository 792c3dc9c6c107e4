import { join } from "node:path";
import { capture } from "../../tools/setup/process";
import { findBoto, startMoto } from "../../tools/moto";
import { accountId } from "../targets/aws";
import type { Graph } from "../targets/graph";

/** What became of a graph; see replay.py. */
export interface Replayed {
  /** Types that were made. */
  readonly made: readonly string[];
  /** Types whose call was compared with AWS's description of it, and no more. */
  readonly modelled: readonly string[];
  /** Types that nothing was done with. */
  readonly unknown: readonly string[];
  // The answers of some twenty calls, each with a shape of its own.
  // eslint-disable-next-line @typescript-eslint/no-explicit-any
  readonly found: Readonly<Record<string, any>>;
}

/** Makes a graph at an AWS of its own, with AWS's SDK, and tells what is there. @throws on the first call that is refused. */
export async function replay(graph: Pick<Graph, "nodes">, region: string): Promise<Replayed> {
  // So that AWS's own policies are there to be lent.
  const moto = await startMoto("127.0.0.1", { MOTO_IAM_LOAD_MANAGED_POLICIES: "true" });
  try {
    const nodes = graph.nodes.map(({ type, name, opened, outputs, dependencies }) => ({ type, name, inputs: opened, outputs, dependencies }));
    return JSON.parse(await capture(findBoto(), [join(__dirname, "replay.py")], { stdin: JSON.stringify({ endpoint: moto.url, region, account: accountId, nodes }) })) as Replayed;
  } finally {
    await moto.stop();
  }
}
