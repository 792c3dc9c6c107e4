import { command as words } from "../../config/schema/command";
import { required } from "../../config/schema/section";
import type { ServiceSpec } from "../../config/spec";
import type { Kind } from "../kind";
import { commandLine } from "../commandLine";

/** A process without a socket: a queue worker, a bot. */
interface CommandSpec extends ServiceSpec {
  /** Words of the command; the first is looked for in the release's runtime, then in /usr/bin. */
  readonly command: readonly string[];
}

const keys = {
  command: required(words, { says: "program and its arguments; no shell", example: "python manage.py runworker" }),
};

/** One process, which a release restarts. */
export const command: Kind<typeof keys, CommandSpec> = {
  says: "a process without a socket",
  keys,
  complete: (said) => ({ ...said, memoryMiB: said.memoryMiB ?? 256 }),
  connections: () => ({ count: 1, because: "" }),
  packages: [],
  files: [],
  unit: (service) => ({ path: "infra/services/command/unit.service", values: { command: commandLine(service.command) } }),
  detail: (service) => service.command.join(" "),
  http: null,
};
