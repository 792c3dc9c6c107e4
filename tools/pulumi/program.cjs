/**
 * What node loads before the program that Pulumi runs: `node --require ./tools/pulumi/program.cjs`. In place of Pulumi's ts-node, and without what the SDK loads for programs of another
 * kind: together more than half of what a run takes of the processor; see docs/decisions/0023-program.md. The policy pack and the record of a review begin by it, too.
 */
require("../typescript.cjs");
const Module = require("node:module");

/** Puts `exports` in the place of a module of the SDK; whoever asks it for more is told why there is none. */
function leaveOut(request, exports = {}) {
  const file = require.resolve(request);
  const get = (known, name) => (typeof name === "symbol" || name === "__esModule" || name in known ? known[name] : refuse(request, name));
  require.cache[file] = Object.assign(new Module(file), { loaded: true, exports: new Proxy(exports, { get }) });
}

function refuse(request, name) {
  throw new Error(`${request}.${name}: tools/pulumi/program.cjs leaves it out, since this program sends no function to a cloud and runs no engine`);
}

// What reads functions that are sent to a cloud: the compiler, what finds their packages, and a debugger of the own process, which slows down all that this does.
leaveOut("typescript");
const packages = "@pulumi/pulumi/runtime/closure/codePaths";
leaveOut(packages, { computeCodePaths: () => refuse(packages, "computeCodePaths") });
leaveOut("@pulumi/pulumi/runtime/closure/v8Hooks", { isInitializedAsync: async () => {} });

leaveOut("@pulumi/pulumi/automation", { __esModule: true });

// 200 modules of OpenTelemetry are for `pulumi up --tracing URL` alone.
const span = { setAttribute() {}, addEvent() {}, end() {} };
if (!process.argv.some((word) => word.startsWith("--tracing"))) leaveOut("@pulumi/pulumi/cmd/run/tracing", { newSpan: () => span });

// The SDK asks for a stack with every promise, and source-map-support looks each of its lines up. `NODE_OPTIONS=--enable-source-maps` has node do so where somebody reads one.
Object.defineProperty(Error, "prepareStackTrace", { get: () => undefined, set: () => undefined, configurable: true });
