/** Has node run TypeScript: `node --require ./tools/typescript.cjs FILE`. Types are checked by `npm run check`, not here. */
const { createHash } = require("node:crypto");
const { mkdirSync, readFileSync, renameSync, writeFileSync } = require("node:fs");
const Module = require("node:module");
const { homedir } = require("node:os");
const { join } = require("node:path");

const lock = readFileSync(join(__dirname, "../package-lock.json"));
const cache = join(process.env.XDG_CACHE_HOME || join(homedir(), ".cache"), "webstack/program");

// A file is translated once, and kept by its content and the version of what translates it.
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
  try {
    mkdirSync(cache, { recursive: true });
    writeFileSync(`${kept}.${process.pid}`, code);
    renameSync(`${kept}.${process.pid}`, kept);
  } catch {
    // Where nothing can be kept, as in a home that is read-only, each run translates anew.
  }
  return code;
}
