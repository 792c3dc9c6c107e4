import { join } from "node:path";
import { findBoto, type Moto } from "../../tools/moto";
import { capture } from "../../tools/setup/process";
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
  /** Every call that was made for them, "ec2:CreateVpc". */
  readonly calls: readonly string[];
  // The answers of some twenty calls, each with a shape of its own.
  // eslint-disable-next-line @typescript-eslint/no-explicit-any
  readonly found: Readonly<Record<string, any>>;
}

/** Makes a graph at an AWS that has nothing else, with AWS's SDK, and tells what is there. @throws on the first call that is refused. */
export async function replay(moto: Moto, graph: Pick<Graph, "nodes">, region: string): Promise<Replayed> {
  await fetch(`${moto.url}/moto-api/reset`, { method: "POST" });
  const nodes = graph.nodes.map(({ type, name, opened, outputs, dependencies }) => ({ type, name, inputs: opened, outputs, dependencies }));
  return JSON.parse(
    await capture(findBoto(), [join(__dirname, "replay.py")], {
      stdin: JSON.stringify({ endpoint: moto.url, region, account: accountId, nodes }),
    }),
  ) as Replayed;
}
