/**
 * The resources of the package `command`, as its documentation describes them:
 * https://www.pulumi.com/registry/packages/command/api-docs/
 */
import { copyToRemote } from "./copy";
import { chooseFiles } from "./glob";
import { runLocal } from "./local";
import { runRemote } from "./remote";
import type { Ran, Run } from "./run";
import { assetArchive, fileAsset, holdsSecret, isProperties, revealProperties, secret, sourceOf, type Properties } from "./values";

export interface CheckFailure {
  readonly property: string;
  readonly reason: string;
}

export type Log = (line: string) => void;

/** One type of resource. Inputs and states arrive and leave as the engine writes them, secrets marked. */
export interface Resource {
  check(inputs: Properties): readonly CheckFailure[];
  create(inputs: Properties, log: Log): Promise<Properties>;
  update(old: Properties, inputs: Properties, log: Log): Promise<Properties>;
  delete(state: Properties, log: Log): Promise<void>;
}

/** Runs the script with the settings of `properties`; `previous` is the state that holds the output of the run before. */
type Runner = (script: string, properties: Properties, previous: Properties, log: Log) => Promise<Properties>;

function command(run: Runner): Resource {
  return {
    check: () => [],
    create: async (inputs, log) => ({ ...inputs, ...(await run(script(inputs, "create"), inputs, {}, log)) }),
    update: async (old, inputs, log) => ({
      ...inputs,
      ...(await run(script(inputs, "update") || script(inputs, "create"), inputs, old, log)),
    }),
    delete: async (state, log) => {
      await run(script(state, "delete"), state, state, log);
    },
  };
}

function script(properties: Properties, verb: "create" | "update" | "delete"): string {
  const value = revealProperties(properties)[verb];
  return typeof value === "string" ? value : "";
}

/** Without a script nothing runs and the outputs stay as they were. */
const remoteCommand = command(async (script, properties, previous, log) => {
  if (script === "") return outputs({ stdout: "", stderr: "", ...outputOf(previous) }, properties);
  const { connection } = revealProperties(properties);
  return outputs(await runRemote(isProperties(connection) ? connection : {}, settings(script, properties, previous, log)), properties);
});

const localCommand = command(async (script, properties, previous, log) => {
  if (script === "") return outputs({ stdout: "", stderr: "", ...outputOf(previous) }, properties);
  return runHere(script, properties, previous, log);
});

const copy: Resource = {
  check: ({ source }) => {
    // Neither asset nor archive: not known yet, in a preview.
    const kind = sourceOf(revealProperties({ source })["source"])?.kind;
    return kind === "other" ? [{ property: "source", reason: "must be a FileAsset, a StringAsset or a FileArchive" }] : [];
  },
  create: async (inputs) => {
    await copyAll(inputs);
    return inputs;
  },
  update: async (old, inputs) => {
    const key = (properties: Properties) => JSON.stringify([sourceOf(properties["source"]), properties["remotePath"]]);
    if (key(revealProperties(old)) !== key(revealProperties(inputs))) await copyAll(inputs);
    return inputs;
  },
  delete: () => Promise.resolve(),
};

export const resources: Readonly<Record<string, Resource>> = {
  "command:remote:Command": remoteCommand,
  "command:remote:CopyToRemote": copy,
  "command:local:Command": localCommand,
};

/** The function `local.run`: a local command at every run of the program, previews included. */
export async function localRun(properties: Properties, log: Log): Promise<Properties> {
  const { command: script } = revealProperties(properties);
  return { ...properties, ...(await runHere(String(script ?? ""), properties, {}, log)) };
}

async function runHere(script: string, properties: Properties, previous: Properties, log: Log): Promise<Properties> {
  const { interpreter, dir, assetPaths, archivePaths } = revealProperties(properties);
  const folder = typeof dir === "string" ? dir : process.cwd();
  const ran = await runLocal({
    ...settings(script, properties, previous, log),
    interpreter: strings(interpreter) ?? ["/bin/sh", "-c"],
    dir: folder,
  });
  const assets = strings(assetPaths);
  const archive = strings(archivePaths);
  return {
    ...outputs(ran, properties),
    ...(assets ? { assets: assetsOf(folder, assets) } : {}),
    ...(archive ? { archive: assetArchive(assetsOf(folder, archive)) } : {}),
  };
}

function assetsOf(folder: string, patterns: readonly string[]): Properties {
  return Object.fromEntries(chooseFiles(folder, patterns).map((file) => [file, fileAsset(`${folder}/${file}`)]));
}

async function copyAll(inputs: Properties): Promise<void> {
  const { connection, source, remotePath } = revealProperties(inputs);
  const from = sourceOf(source);
  if (!from || !isProperties(connection)) throw new Error("source must be an asset or an archive");
  await copyToRemote(connection, from, String(remotePath));
}

function settings(script: string, properties: Properties, previous: Properties, log: Log): Run {
  const { stdin, environment, logging, addPreviousOutputInEnv } = revealProperties(properties);
  const before = outputOf(previous);
  return {
    command: script,
    shown: ["create", "update", "delete"].some((verb) => holdsSecret(properties[verb])) ? "[secret]" : JSON.stringify(script),
    stdin: typeof stdin === "string" ? stdin : undefined,
    environment: Object.fromEntries(
      Object.entries(isProperties(environment) ? environment : {}).map(([name, value]) => [name, String(value)]),
    ),
    previous:
      addPreviousOutputInEnv === false
        ? {}
        : {
            ...(before.stdout ? { PULUMI_COMMAND_STDOUT: before.stdout } : {}),
            ...(before.stderr ? { PULUMI_COMMAND_STDERR: before.stderr } : {}),
          },
    log: (stream, line) => {
      if (logged[String(logging ?? "stdoutAndStderr")]?.includes(stream)) log(line);
    },
  };
}

const logged: Readonly<Record<string, readonly string[]>> = {
  stdout: ["stdout"],
  stderr: ["stderr"],
  stdoutAndStderr: ["stdout", "stderr"],
  none: [],
};

/** Outputs are secret when anything that went into the command was; the connection goes into none. */
function outputs(ran: Ran, inputs: Properties): Properties {
  return holdsSecret({ ...inputs, connection: undefined }) ? { stdout: secret(ran.stdout), stderr: secret(ran.stderr) } : { ...ran };
}

function outputOf(state: Properties): Partial<Ran> {
  const { stdout, stderr } = revealProperties(state);
  return { ...(typeof stdout === "string" ? { stdout } : {}), ...(typeof stderr === "string" ? { stderr } : {}) };
}

function strings(value: unknown): string[] | undefined {
  return Array.isArray(value) && value.length > 0 ? value.map(String) : undefined;
}
