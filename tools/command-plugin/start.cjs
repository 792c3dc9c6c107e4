/** Runs the stand-in, packed into one file that is kept by the content of its sources: that starts in a third of the time. */
const { createHash } = require("node:crypto");
const { existsSync, mkdirSync, readdirSync, readFileSync, renameSync, writeFileSync } = require("node:fs");
const { homedir } = require("node:os");
const { join } = require("node:path");

const cache = join(process.env.XDG_CACHE_HOME || join(homedir(), ".cache"), "webstack/command-plugin");
const sum = createHash("sha256").update(readFileSync(join(__dirname, "../../package-lock.json")));
for (const name of readdirSync(__dirname).sort()) sum.update(name).update(readFileSync(join(__dirname, name)));
const packed = join(cache, `${sum.digest("hex").slice(0, 16)}.js`);

if (!existsSync(packed)) {
  const { outputFiles } = require("esbuild").buildSync({
    entryPoints: [join(__dirname, "main.ts")],
    bundle: true,
    platform: "node",
    target: "node20",
    minify: true,
    write: false,
    logLevel: "error",
    // Faster ciphers that ssh2 does without where they were not built.
    external: ["*.node", "cpu-features"],
  });
  mkdirSync(cache, { recursive: true });
  // In one step, so that another engine never finds half of it.
  writeFileSync(`${packed}.${process.pid}`, outputFiles[0].contents);
  renameSync(`${packed}.${process.pid}`, packed);
}
require(packed);
