import assert from "node:assert/strict";
import { createHash } from "node:crypto";
import { readFileSync } from "node:fs";
import { setTimeout as sleep } from "node:timers/promises";
import type { Manifest } from "../../../infra/host/manifest";
import type { Fault } from "./fault";
import type { FaultSite } from "./site";

/** Steps of a deployment in their order, as its log names them. */
export const steps = ["FILES", "RELEASE", "RUNTIME", "STEPS", "STATIC", "START", "SWITCH", "UNITS", "DRAIN"] as const;
type Step = (typeof steps)[number];

const folder = "/opt/interrupted";

/**
 * Makes a second release and two manifests that lead from one to the other and back: each brings another release, a changed
 * unit and a timer that the other does not have, so that a deployment goes through every step.
 */
async function prepare(site: FaultSite): Promise<void> {
  if ((await site.attempt(`test -e ${folder}/two.json`)).code === 0) return;
  const pack = (digest: string) =>
    `mkdir -p ${folder}/${digest} && cp -a /srv/webstack/releases/${digest} ${folder}/${digest}/source && cd ` +
    `${folder}/${digest}/source && rm -rf venv staticfiles .webstack-release .webstack-static .webstack-source && find . -name ` +
    `__pycache__ -prune -exec rm -rf {} + && tar -C .. -czf ${folder}/${digest}.tar.gz source && rm -rf ${folder}/${digest}`;
  const one = await site.release();
  await site.run(pack(one));
  await site.update(["urls.py", "ocpizza", `${site.source("ocpizza/urls.py")}\n# the second release\n`]);
  const two = await site.release();
  assert.notEqual(two, one);
  await site.run(pack(two));
  const declared = JSON.parse(await site.run("cat /var/lib/webstack/manifest.json")) as Manifest;
  for (const [name, digest] of [
    ["one", one],
    ["two", two],
  ] as const) {
    const without = declared.files.filter(({ path }) => !path.endsWith("/fault-one.timer") && !path.endsWith("/fault-two.timer"));
    const page = without.find(({ path }) => path === "/etc/nginx/webstack/pause.conf");
    const timer = without.find(({ path }) => path === "/etc/systemd/system/update-city-001.timer");
    if (page === undefined || timer === undefined || declared.release === null) throw new Error("the manifest lacks what the test changes");
    const changed = (file: typeof page, path: string, content: string, onChange: typeof page.onChange) => ({
      ...file,
      path,
      content,
      onChange,
      sha256: createHash("sha256").update(content).digest("hex"),
    });
    const files = [
      ...without.filter((file) => file !== page),
      changed(page, page.path, `${page.content}# ${name}\n`, page.onChange),
      changed(
        timer,
        `/etc/systemd/system/fault-${name}.timer`,
        timer.content.replace("[Timer]", "[Timer]\nUnit=update-city-001.service"),
        [],
      ),
    ];
    const manifest: Manifest = {
      ...declared,
      files,
      units: [...declared.units, `fault-${name}.timer`],
      release: { ...declared.release, digest },
    };
    await site.run(`cat > ${folder}/${name}.json && echo ${digest} > ${folder}/${name}`, JSON.stringify(manifest));
  }
  await site.run(`hostctl apply ${folder}/one.json`);
}

/** Starts the deployment that is not serving, and lets something happen as soon as its log says that a step has begun. */
async function at(site: FaultSite, step: Step, happen: () => Promise<void>): Promise<{ manifest: string; digests: readonly string[] }> {
  const [one = "", two = ""] = (await site.run(`cat ${folder}/one ${folder}/two`)).split("\n");
  const serving = await site.release();
  const [name, digest] = serving === one ? ["two", two] : ["one", one];
  // As if it came for the first time.
  await site.run(`rm -rf /srv/webstack/releases/${digest} && cp ${folder}/${digest}.tar.gz /var/lib/webstack/inbox/`);
  const log = site.disk("var/log/webstack/deploy_logs");
  const offset = readFileSync(log, "utf8").length;
  const manifest = `${folder}/${name}.json`;
  let over = false;
  const deploying = site.attempt(`hostctl apply ${manifest}`).then((outcome) => {
    over = true;
    return outcome;
  });
  const heading = new RegExp(`^# Step \\d+ : ${step}$`, "m");
  while (!heading.test(readFileSync(log, "utf8").slice(offset))) {
    if (over) throw new Error(`the deployment ended before ${step}: ${JSON.stringify(await deploying)}`);
    await sleep(1);
  }
  await happen();
  const { code } = await deploying;
  assert.notEqual(code, 0, `the deployment was over before it was interrupted at ${step}`);
  return { manifest, digests: [serving, digest] };
}

/** The next deployment needs nobody's hand. */
async function next(site: FaultSite, { manifest, digests }: { manifest: string; digests: readonly string[] }): Promise<void> {
  const { code, stderr } = await site.attempt(`hostctl apply ${manifest}`);
  assert.deepEqual([code, stderr], [0, ""]);
  assert.equal(await site.release(), digests[1]);
  const verified = await site.attempt("hostctl verify");
  assert.deepEqual([verified.code, verified.stdout], [0, "as declared\n"]);
  assert.equal(await site.run("ls -d /var/lib/webstack/undo* 2>/dev/null | wc -l"), "0");
}

/** Ends hostctl, and nothing else, as its log says that a step begins. */
function killHostctl(site: FaultSite): Promise<void> {
  for (const pid of site.processes()) {
    try {
      const words = readFileSync(`/proc/${pid}/cmdline`, "utf8").split("\0");
      if (words[0]?.endsWith("python3") && words.includes("apply")) process.kill(pid, "SIGKILL");
    } catch (error) {
      if (!["ENOENT", "ESRCH"].includes((error as NodeJS.ErrnoException).code ?? "")) throw error;
    }
  }
  return Promise.resolve();
}

export const hostctlKilled = (step: Step): Fault => ({
  name: `hostctl killed at ${step}`,
  how: "kill -9 as its log begins the step",
  fails: "none",
  async run(site) {
    await prepare(site);
    const run = await at(site, step, () => killHostctl(site));
    assert.equal(await site.status("healthz"), 200);
    const served = await site.release();
    assert.ok(run.digests.includes(served));
    await next(site, run);
    return `the ${served === run.digests[0] ? "old" : "new"} release serves; the next run ends as declared`;
  },
});

export const powerCut = (step: Step): Fault => ({
  name: `power cut at ${step}`,
  how: "every process of the machine ended as the log begins the step; booted again",
  fails: "some",
  seconds: 120,
  async run(site) {
    await prepare(site);
    const run = await at(site, step, () => site.cutPower());
    await site.boot();
    const seconds = await site.normal(60);
    const served = await site.release();
    assert.ok(run.digests.includes(served));
    await next(site, run);
    return (
      `the ${served === run.digests[0] ? "old" : "new"} release serves, ${seconds.toFixed(1)} s after SSH; the next run ends as ` +
      "declared"
    );
  },
});
