import { ConfigError } from "../config/problems";
import type { TargetName } from "../config/spec";
import type { Target } from "./target";

/** The target of that name. Each is loaded only when it is used, with its cloud's SDK. */
export function targetFor(name: TargetName): Target {
  switch (name) {
    case "local":
      // eslint-disable-next-line @typescript-eslint/no-require-imports, @typescript-eslint/consistent-type-imports -- loaded only when it is used
      return (require("./local") as typeof import("./local")).local;
    case "digitalocean":
      // eslint-disable-next-line @typescript-eslint/no-require-imports, @typescript-eslint/consistent-type-imports -- loaded only when it is used
      return (require("./digitalocean") as typeof import("./digitalocean")).digitalocean;
    case "aws":
      throw new ConfigError("Pulumi.yaml", [{ at: "target", must: 'must be "digitalocean" or "local" in this version', got: name }]);
    default:
      throw new Error(`no target is named ${String(name satisfies never)}`);
  }
}
