/**
 * What node loads before the program that Pulumi runs: `node --require ./tools/pulumi/program.cjs`. In place of Pulumi's ts-node, which with the compiler that it loads is half of what a
 * run takes of the processor; see docs/decisions/0023-program.md.
 */
const { createHash } = require("node:crypto");
const { mkdirSync, readFileSync, renameSync, writeFileSync } = require("node:fs");
const Module = require("node:module");
const { homedir } = require("node:os");
const { join } = require("node:path");

const lock = readFileSync(join(__dirname, "../../package-lock.json"));
const cache = join(process.env.XDG_CACHE_HOME || join(homedir(), ".cache"), "webstack/program");

// Types are checked by `npm run check`. A file is translated once, and kept by its content and the version of what translates it.
Module._extensions[".ts"] = (module, file) => {
  const source = readFileSync(file, "utf8");
  const kept = join(cache, `${createHash("sha256").update(lock).update(source).digest("hex").slice(0, 32)}.js`);
  module._compile(read(kept) ?? translate(file, source, kept), file);
};

function read(file) {
  try {
    return readFileSync(file, "utf8");
  } catch {
    return undefined;
  }
}

function translate(file, source, kept) {
  // One process for all files instead of one for each. https://esbuild.github.io/api/#js-details
  process.env.ESBUILD_WORKER_THREADS = "1";
  const { code } = require("esbuild").transformSync(source, { sourcefile: file, loader: "ts", format: "cjs", platform: "node", target: "node20", sourcemap: "inline", sourcesContent: false });
  mkdirSync(cache, { recursive: true });
  writeFileSync(`${kept}.${process.pid}`, code);
  renameSync(`${kept}.${process.pid}`, kept);
  return code;
}

// Pulumi's SDK loads the compiler to read functions that are sent to a cloud; this program sends none.
const compiler = require.resolve("typescript");
require.cache[compiler] = Object.assign(new Module(compiler), {
  loaded: true,
  exports: new Proxy({}, {
    get(_, name) {
      if (typeof name === "symbol" || name === "__esModule") return undefined;
      throw new Error(`typescript.${name}: a function cannot be sent to a cloud by this program: tools/pulumi/program.cjs leaves the compiler out`);
    },
  }),
});

// The SDK asks for a stack with every promise, and source-map-support looks each of its lines up. `NODE_OPTIONS=--enable-source-maps` has node do so where somebody reads one.
Object.defineProperty(Error, "prepareStackTrace", { get: () => undefined, set: () => undefined, configurable: true });
