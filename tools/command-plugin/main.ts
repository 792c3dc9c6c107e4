import { serve } from "./server";

/** `pulumi-resource-command [FLAG...] ENGINE`: prints its port as its first line, which the engine waits for. */
const engineAddress = process.argv.slice(2).find((word) => !word.startsWith("-")) ?? "";
void serve(engineAddress).then((port) => console.log(String(port)));
