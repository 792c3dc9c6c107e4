import { spawn } from "node:child_process";
import { createHash } from "node:crypto";
import { existsSync, readFileSync } from "node:fs";
import { homedir } from "node:os";
import { join } from "node:path";
import { createInterface } from "node:readline";
import { problemLine } from "../../infra/config/problems";
import { checkBox } from "./box";
import { environment } from "./command";
import type { Failure, Kind, Values } from "./kind";
import { replaces } from "./replaces";
import { changed, isUnknown } from "./values";

/** What an image is made of. */
export interface Recipe {
  /** Debian release, such as "bookworm". */
  readonly suite: string;
  /** Beside those of every image; order and doubles do not matter. */
  readonly packages: readonly string[];
}

/** What a cloud's Debian image has and the smallest tree lacks, as far as cloud-init, SSH and a bundle need it. */
const basePackages = [
  ...["systemd", "systemd-sysv", "dbus", "libpam-systemd", "openssh-server", "sudo", "cloud-init", "python3"],
  ...["ca-certificates", "iproute2", "netbase", "nftables", "procps"],
];

/** Scripts that build the tree; a change in one of them makes another image. */
const scripts = ["build.sh", "customize.sh", "cloud.cfg"].map((name) => join(__dirname, "image", name));

function allPackages({ packages }: Recipe): string[] {
  return [...new Set([...basePackages, ...packages])].sort();
}

/** 16 hex digits that two recipes share only when they make the same image. */
export function imageDigest(recipe: Recipe): string {
  const hash = createHash("sha256").update(JSON.stringify([process.arch, recipe.suite, allPackages(recipe)]));
  for (const script of scripts) hash.update(readFileSync(script));
  return hash.digest("hex").slice(0, 16);
}

/** Where the image is, or will be; `XDG_CACHE_HOME` moves the cache. */
export function imagePath(recipe: Recipe): string {
  const cache = process.env.XDG_CACHE_HOME ?? join(homedir(), ".cache");
  return join(cache, "webstack/images", imageDigest(recipe));
}

/**
 * Builds the image unless the cache has it, and gives its folder. Takes about half a minute and needs a Debian mirror.
 * @param progress is told each step of the build, one line at a time.
 */
export async function buildImage(recipe: Recipe, progress: (line: string) => void): Promise<string> {
  const folder = imagePath(recipe);
  if (existsSync(folder)) return folder;
  const words = [folder, recipe.suite, allPackages(recipe).join(",")];
  const child = spawn(join(__dirname, "image/build.sh"), words, { stdio: ["ignore", "ignore", "pipe"], env: environment });
  const said: string[] = [];
  createInterface(child.stderr).on("line", (line) => {
    said.push(line);
    if (line.startsWith("I: ")) progress(line.slice(3));
  });
  const status = await new Promise<number | null>((resolve, reject) => child.once("error", reject).once("close", resolve));
  if (status !== 0) {
    throw new Error(`the image of ${recipe.suite} with ${recipe.packages.join(", ")} could not be built:\n${said.slice(-10).join("\n")}`);
  }
  return folder;
}

const recipeOf = (values: Values) => values as unknown as Recipe;

export const image: Kind = {
  check({ suite, packages }) {
    const failures: Failure[] = checkBox().map((problem) => ({ property: "", reason: problemLine(problem) }));
    if (!isUnknown(suite) && !/^[a-z]+$/.test(String(suite))) {
      failures.push({ property: "suite", reason: `suite: must be a Debian release such as "bookworm", got ${JSON.stringify(suite)}` });
    }
    // https://www.debian.org/doc/debian-policy/ch-controlfields.html#source
    const name = /^[a-z0-9][a-z0-9+.-]+$/;
    for (const entry of Array.isArray(packages) ? packages : []) {
      if (isUnknown(entry) || name.test(String(entry))) continue;
      failures.push({ property: "packages", reason: `packages: must be names of Debian packages, got ${JSON.stringify(entry)}` });
    }
    return failures;
  },

  diff(olds, news) {
    const digest = isUnknown(news) ? undefined : imageDigest(recipeOf(news));
    const replaced = changed(olds, news, replaces.Image);
    return { replaces: replaced, changes: replaced.length > 0 || digest !== olds.digest || !existsSync(String(olds.path)) };
  },

  id: (values) => imageDigest(recipeOf(values)),
  create: async (values) => made(recipeOf(values)),
  read: async (values) => (existsSync(String(values.path)) ? {} : undefined),
  update: async (_state, news) => made(recipeOf(news)),

  /** The tree stays in the cache: other stacks and the next `up` use it, and a living machine stands on it. */
  async delete() {},
};

async function made(recipe: Recipe): Promise<Values> {
  const path = await buildImage(recipe, (line) => process.stderr.write(`${line}\n`));
  return { digest: imageDigest(recipe), path };
}
