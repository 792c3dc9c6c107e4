import { listen } from "../../tools/command-plugin/grpc";
import type { CloudName } from "./schema";
import { implementation } from "./server";
import { Store } from "./store";
import { teardown } from "./teardown";

/**
 * `main CLOUD [FLAG...] ENGINE` serves a simulated cloud and prints its port as the first line, which the engine waits for;
 * `main teardown` removes whatever the cloud has on this box. The cloud's folder is named by WEBSTACK_CLOUD.
 */
const folder = process.env.WEBSTACK_CLOUD;
if (folder === undefined) throw new Error("WEBSTACK_CLOUD must name the folder of the simulated cloud; tests/machines/cloud.ts sets it");
const store = new Store(folder);
const name = process.argv[2] ?? "";
if (name === "teardown") void teardown(store);
else void listen(implementation(name as CloudName, store)).then((port) => console.log(String(port)));
