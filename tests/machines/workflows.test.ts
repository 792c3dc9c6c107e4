/**
 * The workflows of .github run end to end without GitHub: act runs their steps as a user without root and without the Debian packages of
 * local machines, and the owner works on a box that has little more than POSIX asks for. DigitalOcean is the simulated one
 * (tests/cloud/README.md), its Spaces are moto's. Limits: actions that only GitHub has are replaced by tests/machines/actions; groups,
 * approvals and environments are GitHub's own, of which only the words are looked at; no authority signs the site's certificate.
 */
import { existsSync, readdirSync, readFileSync, renameSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join, resolve } from "node:path";
import { parse, stringify } from "yaml";
import { publicKeyOf } from "../../infra/config/sshkey";
import { moto, startMoto, type Moto } from "../../tools/moto";
import { findWorkflowTool } from "../../tools/workflows";
import { testAtNight } from "./rows";
import { Shop } from "./shop";
import { run } from "./stack";
import { Clone } from "./workflows";

const folder = resolve(__dirname, "../../.github/workflows");
const files = readdirSync(folder).map((name) => join(folder, name));

interface Step {
  readonly name?: string;
  readonly run?: string;
  readonly env?: Readonly<Record<string, string>>;
}

interface Job {
  readonly needs?: string;
  readonly environment?: string | { readonly name: string };
  readonly concurrency?: object;
  readonly steps: readonly Step[];
}

/** Jobs of every workflow: "deploy/approval". */
const jobs = Object.fromEntries(
  files.flatMap((file) => {
    const { name, jobs: own } = parse(readFileSync(file, "utf8")) as { name: string; jobs: Readonly<Record<string, Job>> };
    return Object.entries(own).map(([job, what]) => [`${name}/${job}`, what] as const);
  }),
);

/** Which of the jobs a rule is true of. */
const which = (rule: (job: Job) => boolean) => Object.entries(jobs).flatMap(([name, job]) => (rule(job) ? [name] : []));

test("actionlint finds nothing in them but the key that it does not know yet, where two wait for their turn", async () => {
  const { stdout, stderr } = await run(findWorkflowTool("actionlint"), ["-no-color", "-format", "{{json .}}", ...files]);
  const found = (JSON.parse(stdout) as { filepath: string; message: string }[]).map(({ filepath, message }) => [
    filepath.split("/").at(-1),
    message,
  ]);
  // https://github.blog/changelog/2026-05-07-github-actions-concurrency-groups-now-allow-larger-queues
  const queue = 'unexpected key "queue" for "concurrency" section. expected one of "cancel-in-progress", "group"';
  expect([found.sort(), stderr]).toEqual([
    [
      ["deploy.yml", queue],
      ["rollback.yml", queue],
    ],
    "",
  ]);
});

test.each(files)("%s runs only actions that are pinned by their commit", (file) => {
  const used = [...readFileSync(file, "utf8").matchAll(/^\s*(?:- )?uses: (.*)$/gm)].map(([, action]) => action);
  expect(used.length).toBeGreaterThan(0);
  for (const action of used) expect(action).toMatch(/^[\w-]+\/[\w-]+@[0-9a-f]{40} # v\d+\.\d+\.\d+$/);
});

test("GitLab's jobs: what changes a stack takes turns and is started by hand, on a tag that was pushed; what watches it is in no group", () => {
  const file = parse(readFileSync(resolve(folder, "../../.gitlab-ci.yml"), "utf8")) as Record<
    string,
    { resource_group?: string; rules?: readonly { if: string; when?: string }[] }
  >;
  const which = (rule: (job: { resource_group?: string; rules?: readonly { if: string; when?: string }[] }) => boolean) =>
    Object.keys(file).filter((name) => rule(file[name] ?? {}));
  expect(which(({ resource_group }) => resource_group !== undefined)).toEqual(["deploy", "rollback"]);
  expect(
    which(
      ({ rules }) =>
        rules?.every((rule) => rule.when === "manual" && rule.if === '$CI_PIPELINE_SOURCE == "push" && $CI_COMMIT_TAG =~ /^v/') ?? false,
    ),
  ).toEqual(["deploy", "rollback"]);
});

test("GitLab's jobs type the verbs of GitHub's", () => {
  const verbs = (texts: readonly string[]) =>
    texts.flatMap((text) => [...text.matchAll(/npm run (?:--silent )?(.*?)(?: >.*)?$/gm)].map(([, line = ""]) => line.trim()));
  const gitlab = parse(readFileSync(resolve(folder, "../../.gitlab-ci.yml"), "utf8")) as Record<string, { script?: readonly string[] }>;
  const github = new Set(
    verbs(files.map((file) => readFileSync(file, "utf8"))).map((line) =>
      line.replace('"$BASE"', '"$CI_MERGE_REQUEST_DIFF_BASE_SHA"').replace(/ \$\{RELEASE.*/, ""),
    ),
  );
  const typed = Object.entries(gitlab).flatMap(([name, { script = [] }]) => verbs(script).map((line) => `${name}: ${line}`));
  expect(typed.filter((line) => !github.has(line.replace(/^\w+: /, "")))).toEqual([]);
  expect(typed.map((line) => line.split(":")[0])).toEqual(["check", "review", "deploy", "deploy", "rollback", "drift", "drill"]);
});

test("what changes a stack waits for its turn, and nothing else shares its group: no drift or drill takes the place of a deployment", () => {
  expect(which(({ concurrency }) => concurrency !== undefined)).toEqual(["deploy/deploy", "rollback/rollback"]);
  for (const name of ["deploy/deploy", "rollback/rollback"]) expect(jobs[name]?.concurrency).toEqual({ group: "stack", queue: "max" });
  // A group of a whole workflow would hold its place while the approval waits.
  const groups = files
    .map((file) => (parse(readFileSync(file, "utf8")) as { concurrency?: { group: string } }).concurrency?.group)
    .filter((group) => group !== undefined);
  expect(groups.sort()).toEqual(["check-${{ github.ref }}", "nightly", "review-${{ github.event.pull_request.number }}"]);
});

test("what changes a stack is approved in a job that has no secret; of the others each has its secrets in one step, after the packages and the CLI", () => {
  expect(which(({ environment }) => environment === "approval")).toEqual(["deploy/approval", "rollback/approval"]);
  expect([jobs["deploy/deploy"]?.needs, jobs["rollback/rollback"]?.needs]).toEqual(["approval", "approval"]);

  const holding = (value: unknown) => JSON.stringify(value).includes("secrets.");
  const found = Object.entries(jobs).flatMap(([name, { steps, environment }]) => {
    const production = environment === "production" || (typeof environment === "object" && environment.name === "production");
    return steps.flatMap((step, index) => (holding(step) ? [[name, step.name, production, index === steps.length - 1]] : []));
  });
  expect(found.sort()).toEqual([
    ["deploy/deploy", "Deploy", true, true],
    ["drift/drift", "Compare", true, true],
    ["drill/drill", "Restore and check", true, true],
    ["rollback/rollback", "Roll back", true, true],
  ]);
  // What is downloaded is there before.
  const setUp = found.map(([name]) => jobs[String(name)]?.steps.findIndex(({ run }) => run === 'npm run pulumi -- "$STACK" version'));
  expect(setUp).toEqual([2, 2, 2, 2]);
  // Nothing outside of those steps.
  const named = files.map((file) => [...readFileSync(file, "utf8").matchAll(/secrets\./g)].length).reduce((sum, count) => sum + count);
  expect(named).toBe(found.length * 4);
});

/** Words and environment of every process of this box. */
function processTexts(): readonly string[] {
  return readdirSync("/proc")
    .filter((name) => /^\d+$/.test(name))
    .flatMap((pid) =>
      ["cmdline", "environ"].flatMap((file) => {
        try {
          return [readFileSync(`/proc/${pid}/${file}`, "utf8")];
        } catch {
          // It has ended.
          return [];
        }
      }),
    );
}

/** What verbs keep in the folder for temporary files. */
const leftovers = () =>
  readdirSync(tmpdir())
    .filter((name) => /^webstack-\w{6}$/.test(name))
    .map((name) => join(tmpdir(), name));

describe("a stack on DigitalOcean that is deployed by tags", () => {
  const gateway = "10.84.31.1";
  const clone = new Clone("test-ci", "www.ocpizza.fr", "10.84.31.128/25");
  const shop = new Shop(() => clone.address);
  const view = "examples/ocpizza/shop/views.py";
  const products = "    products = Product.objects.filter(available=True)\n";
  let spaces: Moto | undefined;

  beforeAll(async () => {
    if (moto.missing() !== null) await moto.make(() => undefined);
    spaces = await startMoto("0.0.0.0");
    await clone.start();
    clone.rewrite(
      "infra/targets/digitalocean/backup.ts",
      "s3:https://${region}.digitaloceanspaces.com/",
      `s3:http://${gateway}:${new URL(spaces.url).port}/`,
    );
    const example = parse(readFileSync(join(clone.origin, "Pulumi.prod.yaml"), "utf8")) as { config: Record<string, unknown> };
    Object.assign(example.config, { "webstack:network": { range: "10.84.31.0/25" }, "webstack:access": { sshFrom: [`${gateway}/32`] } });
    clone.write(`Pulumi.${clone.stack}.yaml`, `# yaml-language-server: $schema=docs/webstack.schema.json\n${stringify(example)}`);
  }, 120_000);

  afterAll(async () => {
    await clone.down();
    await spaces?.stop();
  }, 120_000);

  test("its owner needs neither apt nor GNU's tools nor root: secrets and a preview", async () => {
    const key = await clone.npm("key", "--", clone.stack);
    expect([key.code, key.stderr]).toEqual([0, expect.stringContaining("npm packages ... done in")]);
    const { config } = parse(readFileSync(join(clone.origin, "Pulumi.prod.yaml"), "utf8")) as {
      config: { "webstack:secrets": readonly string[] };
    };
    const names = ["backupPassword", ...config["webstack:secrets"]];
    const pairs = names.map((name) => `--secret ${name}=of-a-test`).join(" ");
    expect((await clone.shell(`pulumi config set-all --stack ${clone.stack} ${pairs}`)).code).toBe(0);
    expect((await clone.shell("tar --version")).stderr).toBe("tar: illegal option --version\n");
    const { code, stdout, stderr } = await clone.npm("preview", "--", clone.stack);
    expect([code, stdout, stderr]).toEqual([
      0,
      expect.stringMatching(/\+ \d+ to create/),
      expect.not.stringContaining("set-up: Debian packages"),
    ]);
    const plugins = join(clone.folder, "home/.pulumi/plugins");
    const ofCommand = (existsSync(plugins) ? readdirSync(plugins) : []).filter((plugin) => plugin.startsWith("resource-command"));
    expect(ofCommand.length > 0).toBe(!key.stderr.includes("using the stand-in of tools/command-plugin"));
    clone.commit("A stack of our own");
  }, 300_000);

  test("its key is in no process and in no file but the stack's", async () => {
    const seen = new Set<string>();
    const look = setInterval(() => processTexts().forEach((text) => seen.add(text)), 5);
    const made = await clone.npm("key", "--", clone.stack, "--replace").finally(() => clearInterval(look));
    expect([made.code, made.stdout]).toEqual([0, expect.stringMatching(/^ssh-ed25519 AAAA\S+ webstack-test-ci\n/)]);
    const { stdout: key } = await clone.npm("pulumi", "--", clone.stack, "config", "get", "sshPrivateKey");
    expect(publicKeyOf(key)).toEqual({ line: made.stdout.split(" ").slice(0, 2).join(" ") });
    // Lines of 70 characters; the first ones hold the public half.
    const secret = key.split("\n").slice(3, -2);
    expect([secret.length > 1, [...seen].some((text) => text.includes("config\0set\0--secret\0sshPrivateKey"))]).toEqual([true, true]);
    expect([...seen].filter((text) => secret.some((line) => text.includes(line)))).toEqual([]);
    // That grep finds what is there, its closed form shows; folders of other stacks may go meanwhile.
    const file = join(clone.origin, `Pulumi.${clone.stack}.yaml`);
    const { config } = parse(readFileSync(file, "utf8")) as { config: Readonly<Record<string, { secure?: string }>> };
    const patterns = [...secret, config["webstack:sshPrivateKey"]?.secure ?? ""];
    const found = await run(
      "grep",
      ["-rlsF", "-f", "-", "--exclude-dir=node_modules", clone.folder, ...leftovers()],
      {},
      patterns.join("\n"),
    );
    expect(found.stdout).toBe(`${file}\n`);
    const again = await clone.npm("key", "--", clone.stack);
    expect(again.stdout.split("\n")[0]).toBe(made.stdout.split("\n")[0]);
    clone.commit("Another key");
  }, 60_000);

  test("there, the rehearsal says in one line what it needs", async () => {
    const { code, stdout, stderr } = await clone.npm("up", "--", "local");
    expect([code, stdout, stderr]).toEqual([
      1,
      "",
      "webstack: a stack on local machines needs root; run as root: sudo npm run up -- local\n",
    ]);
  }, 60_000);

  testAtNight("workflows", "a push passes the checks: all of them", () => passes(null), 600_000);
  testAtNight(
    "workflows",
    "a push passes the checks: one file of them",
    () => passes("jest --selectProjects pure --runTestsByPath tests/plan/names.test.ts"),
    600_000,
  );

  async function passes(script: string | null): Promise<void> {
    if (script !== null) {
      clone.rewrite("package.json", /"check": ".*"/, `"check": "${script}"`);
      clone.commit("Checks that are quick");
    }
    const { code, stdout } = await clone.workflow("check", "push", { job: "check" });
    if (script !== null) clone.git("reset", "--quiet", "--hard", "HEAD~1");
    expect(stdout).toContain("Job succeeded");
    expect(code).toBe(0);
  }

  test("a pull request gets its review as one comment, brought up to date", async () => {
    clone.program("gh", '#!/bin/sh\necho "$@" > "$HOME/gh.words"\nwhile [ $# -gt 1 ]; do shift; done\ncp "$1" "$HOME/gh.body"\n');
    const base = clone.git("rev-parse", "HEAD");
    clone.git("checkout", "--quiet", "-b", "change");
    clone.rewrite(`Pulumi.${clone.stack}.yaml`, /^( {2}webstack:site:\n)/m, "  webstack:site:\n    maxBodyMiB: 25\n");
    clone.commit("Larger uploads");
    const event = { pull_request: { number: 7, base: { sha: base }, head: { repo: { full_name: "somebody/webstack" } } } };
    const { code, stdout } = await clone.workflow("review", "pull_request", { at: "change", event });
    expect([code, stdout.includes("Job succeeded")]).toEqual([0, true]);
    expect(clone.read("home/gh.words")).toBe("pr comment 7 --edit-last --create-if-none --body-file review.md\n");
    expect(clone.read("home/gh.body")).toMatch(/^# Review of test-ci\n/);
    expect(clone.read("home/gh.body")).toContain("## ✅ No downtime");
    expect(clone.read("home/gh.body")).toContain("+    client_max_body_size 25m;");
    clone.git("checkout", "--quiet", "main");
  }, 600_000);

  test("a branch is not deployed: that is said before the job that has secrets", async () => {
    const { code, stdout } = await clone.workflow("deploy", "workflow_dispatch");
    expect([code, stdout]).toEqual([1, expect.stringMatching(/Failure - Main Only a tag/)]);
    // On a busy box the runner of the tests loses what a step said last, so its own words are asked for.
    const said = await run("bash", ["-c", jobs["deploy/approval"]?.steps.find(({ name }) => name === "Only a tag")?.run ?? ""], {
      env: { GITHUB_REF_TYPE: "branch", GITHUB_REF_NAME: "main" },
    });
    expect([said.code, said.stdout]).toEqual([1, "::error::must run on a tag, got main: gh workflow run WORKFLOW.yml --ref v1.2.3\n"]);
    expect(clone.store.journal().filter(({ op }) => op === "create")).toEqual([]);
  }, 60_000);

  test("a tag brings it up and hands on where it is", async () => {
    clone.git("tag", "v1.0.0");
    const { code, stdout } = await clone.workflow("deploy", "push", { at: "v1.0.0" });
    expect(stdout).toContain("set-output:: site=https://www.ocpizza.fr/");
    expect(code).toBe(0);
    // Each line of a step is printed as it comes, and not again at the end.
    expect(stdout.match(/Upstream-switch > CORRECT/g)).toHaveLength(1);
    expect((await shop.page()).status).toBe(200);
  }, 600_000);

  test("a tag whose first page is broken is taken back in the same job, its change of the schema with it, and what that does is said before", async () => {
    clone.git("checkout", "--quiet", "main");
    clone.rewrite(view, products, '    raise RuntimeError("broken on purpose")\n');
    clone.write(
      "examples/ocpizza/shop/migrations/0009_note.py",
      `from django.db import migrations\n\n\nclass Migration(migrations.Migration):\n    dependencies = [("shop", "0002_menu")]\n  ` +
        `  operations = [migrations.RunSQL("create table note (id int)")]\n`,
    );
    clone.commit("A page that fails, and a table");
    clone.git("tag", "v1.0.1");
    const { code, stdout } = await clone.workflow("deploy", "push", { at: "v1.0.1" });
    const [before, ...after] = stdout.split("The stack is up, but its site does not answer as it should");
    expect(before).toContain(
      `The state of test-ci lies in ${join(clone.folder, "state")} on this box alone, and without it no verb knows what there is; ` +
        "npm run backend -- test-ci moves it",
    );
    expect(before).toContain(
      "If the first page does not answer: the code goes back, and where the steps change the schema the database with it, to the " +
        "restore point from before them",
    );
    expect(after.join()).toMatch(
      /database ocpizza: is restore point \S+, \d+ s old; what was written since is in ocpizza_before_\w+ only: .*public\.note \(new table\)/,
    );
    expect(after.join()).toMatch(/Rolled back: release [0-9a-f]{16} serves again \(200 OK/);
    expect(code).toBe(1);
    expect((await shop.page()).status).toBe(200);
  }, 600_000);

  test("the roll-back shows as drift until a tag is deployed again", async () => {
    const drifted = await clone.workflow("drift", "workflow_dispatch", { at: "v1.0.1" });
    expect(drifted.stdout).toContain("test-ci is not as declared:");
    expect(drifted.stdout).toMatch(/web-0: changed .*release/);
    expect(drifted.code).toBe(1);

    clone.git("checkout", "--quiet", "main");
    clone.git("rm", "--quiet", "examples/ocpizza/shop/migrations/0009_note.py");
    clone.rewrite(view, '    raise RuntimeError("broken on purpose")\n', `    # Mended.\n${products}`);
    clone.commit("The page again");
    clone.git("tag", "v1.0.2");
    expect((await clone.workflow("deploy", "workflow_dispatch", { at: "v1.0.2" })).code).toBe(0);
  }, 900_000);

  test("GitLab's jobs run, too: a review against the tag before, and the drift of the tag that is deployed, on a branch that has gone on", async () => {
    clone.git("checkout", "--quiet", "v1.0.2");
    const reviewed = await clone.gitlab("review", { CI_MERGE_REQUEST_DIFF_BASE_SHA: clone.git("rev-parse", "v1.0.0") });
    expect([reviewed.code, readFileSync(join(clone.origin, "review.md"), "utf8")]).toEqual([
      0,
      expect.stringMatching(/^# Review of test-ci\n/),
    ]);
    clone.git("checkout", "--quiet", "main");
    clone.rewrite(`Pulumi.${clone.stack}.yaml`, /^( {2}webstack:site:\n)/m, "  webstack:site:\n    maxBodyMiB: 25\n");
    clone.commit("Larger uploads, which nobody has deployed");
    const drift = await clone.gitlab("drift");
    expect([drift.code, drift.stdout]).toEqual([0, "test-ci is as declared.\n"]);
  }, 300_000);

  test("its state moves into a bucket by one verb, and nothing is to change there", async () => {
    const endpoint = `SPACES_ENDPOINT_URL=${spaces?.url.replace("0.0.0.0", "127.0.0.1") ?? ""}`;
    const moved = await clone.shell(`${endpoint} npm run --silent backend -- ${clone.stack}`);
    const [, url = ""] = /export PULUMI_BACKEND_URL='([^']+)'/.exec(moved.stdout) ?? [];
    expect([moved.code, moved.stderr, url]).toEqual([
      0,
      "",
      expect.stringMatching(/^s3:\/\/webstack-test-ci-state-[0-9a-f]{10}\?endpoint=http/),
    ]);
    const previewed = await clone.shell(
      `${endpoint} PULUMI_BACKEND_URL='${url}' npm run --silent preview -- ${clone.stack} --expect-no-changes`,
    );
    expect([previewed.code, previewed.stdout, previewed.stderr]).toEqual([0, expect.stringMatching(/\d+ unchanged/), expect.any(String)]);
    // What follows goes on in the folder.
    const kept = join(clone.folder, "state/.pulumi/stacks/webstack", clone.stack);
    rmSync(`${kept}.moved`);
    renameSync(`${kept}.json.before-move`, `${kept}.json`);
  }, 300_000);

  test.each(["drift", "drill"])(
    "a schedule, which gets no secrets, starts the %s of the tag that was deployed last",
    async (name) => {
      clone.program("gh", '#!/bin/sh\necho "$@" >> "$HOME/gh.words"\nif [ "$1" = api ]; then echo v1.0.2; fi\n');
      await clone.shell('rm -f "$HOME/gh.words"');
      const { code } = await clone.workflow(name, "schedule");
      expect(code).toBe(0);
      expect(clone.read("home/gh.words")).toBe(
        `api repos/somebody/webstack/deployments?environment=production&per_page=1 --jq .[0].ref // empty\nworkflow run ` +
          `${name}.yml --ref v1.0.2\n`,
      );
    },
    120_000,
  );

  test("the drill restores the newest backup and says how old it was", async () => {
    expect((await clone.npm("ssh", "--", "web-0", "sudo hostctl backup")).code).toBe(0);
    const { code, stdout } = await clone.workflow("drill", "workflow_dispatch", { at: "v1.0.2" });
    expect(stdout).toMatch(/"rpoSeconds": \d+,/);
    expect(code).toBe(0);
  }, 600_000);

  test("by hand, the release before serves again", async () => {
    const { code, stdout } = await clone.workflow("rollback", "workflow_dispatch", { at: "v1.0.2", event: { inputs: { release: "" } } });
    expect(stdout.match(/Job succeeded/g)).toHaveLength(2);
    expect(code).toBe(0);
    expect((await shop.page()).status).toBe(200);
  }, 600_000);

  testAtNight(
    "workflows",
    "GitLab's jobs that change a stack run, too: deploy, drill and rollback",
    async () => {
      clone.git("checkout", "--quiet", "v1.0.2");
      const deployed = await clone.gitlab("deploy");
      expect([deployed.code, deployed.stdout]).toEqual([0, expect.stringContaining("Your site is up: https://www.ocpizza.fr/")]);
      const drill = await clone.gitlab("drill");
      expect([drill.code, drill.stdout]).toEqual([0, expect.stringMatching(/"rpoSeconds": \d+,/)]);
      expect((await clone.gitlab("rollback")).code).toBe(0);
      expect((await shop.page()).status).toBe(200);
    },
    600_000,
  );
});
