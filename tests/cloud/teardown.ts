import { deleteNetwork } from "./machines";
import { PublicAddresses } from "./public";
import { clouds } from "./server";
import type { Store } from "./store";

/** Removes every machine, network and address of the cloud from this box, whatever state a run left it in. */
export async function teardown(store: Store): Promise<void> {
  for (const cloud of Object.values(clouds)) {
    for (const network of cloud.networks(store)) await deleteNetwork(network);
  }
  new PublicAddresses(store).teardown();
}
