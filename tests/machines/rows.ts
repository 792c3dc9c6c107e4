// What `npm test` leaves to `npm run faults`, each with the reason.
import { type DebianName, debianNames, defaultDebian } from "../../infra/config/catalog/debian";

/** Of a table of tests, what `npm test` runs of it. */
interface Chosen {
  /** Names of the rows; every other row is left to `npm run faults`. */
  readonly rows: readonly string[];
  /** Why these tell what all of them tell. */
  readonly why: string;
}

/**
 * Tables of which `npm test` runs only the rows that differ in kind, by the name of their suite. `npm run faults` runs every row of them,
 * each night in CI. A table that is not here is run whole.
 */
export const tables = {
  faults: {
    rows: [
      ...[
        "worker killed",
        "gunicorn killed",
        "nginx killed",
        "all of nginx killed",
        "nginx hung",
        "machine killed",
        "out of memory",
        "disk full",
      ],
      ...[
        "database stopped and back",
        "database away for 20 s",
        "database gone during migrate",
        "bad migration",
        "release during requests of 36 s",
      ],
      ...["expired certificate", "ACME server down", "backup target down", "clock jump"],
      ...["hostctl killed at STEPS", "power cut at DRAIN"],
    ],
    why:
      "Each row but those that interrupt a release differs from all others. A release is interrupted in nine steps, of which those " +
      "before the switch put the old release back and those after it keep the new one: one of each kind, one by a kill and one by a " +
      "power cut. hostctl's own tests kill it at every point, power cuts its power at every point. A static step fails as a migration " +
      "does, a database that is away for 120 s meets the same time-outs as after 20 s, as requests of 120 s meet none that those of " +
      "36 s do not: nginx used to end them after 30 s.",
  },
  review: {
    rows: ["worker count", "nginx option", "host size", "firewall opening"],
    why:
      "Each part that is touched: a slot, nginx, a machine, the box's firewall. A domain and a secret restart a slot as workers do, " +
      "a job is a file as an option is; that an unchanged `up` does nothing is a test of the site.",
  },
  backup: {
    rows: ["one flipped byte", "a host that is lost while it prunes"],
    why:
      "Both kinds of damage are refused by the same check before the database is touched; with a pack that has lost its end, " +
      "restic asks again for a minute before it says so. hostctl's own tests hold what it does of locks, clocks and lost hosts; with " +
      "a real restic, whose every call costs a second of the processor, the lock that a killed prune leaves tells most.",
  },
} as const satisfies Readonly<Record<string, Chosen>>;

/** Tests of a suite that `npm test` leaves to `npm run faults`, with what tells the same by day. */
export const nightly = {
  alerts: {
    "brings api back when every worker of its slot is stopped, under load": "web comes back in the same way",
  },
  aws: {
    "a release reaches the same machine and touches nothing else of the cloud":
      "digitalocean does the same with the same code, and a change of the settings is a test beside it",
    "what was rolled back on the host is applied again by up, which touches nothing else":
      "digitalocean does the same with the same code, which asks the host and no cloud",
    "a new image whose machine the gate refuses: the Elastic IP stays on the old instance, which serves on":
      "digitalocean's gate, the same program, refuses a machine; that the address waits for the gate is a test of the order beside it",
    "Debian 12 again in its place: no visitor notices either": "Debian 13 takes the place of Debian 12 by day, and images are no different",
  },
  backup: {
    "a restore keeps what served, and undo brings it back: rows, media and all":
      "media on a disk of their own, the harder case, are restored and changed back beside it; mysql, digitalocean and new do the " +
      "same with rows",
    "a backup whose target is away is a failed unit, and every older backup stays": "a row of faults",
    "a restore needs the right to make a database there, says so with nothing touched, and works with it":
      "hostctl's own tests hold what is asked of the server, and a restore by renames is a test beside it",
    "a dump in a file, as AWS Batch makes one, becomes the database":
      "hostctl's own tests hold it; only where it is read from differs from a restore",
    "hostctl with a cloud's logins, asked of a real PostgreSQL beside the site's":
      "aws and digitalocean log in to a real PostgreSQL with such a login, change it and move the site to another; hostctl's own " +
      "tests ask the rest of a stand-in",
  },
  exposure: {
    "lynis warns of nothing on the web machine, gives it at least 83, and the documents explain what it suggests and nothing else":
      "what it reads are settings that tests beside it ask for one by one, and a change of them shows in the goldens",
  },
  digitalocean: {
    "Debian 12 in place of Debian 13, and Debian 13 again: no visitor notices":
      "aws does it by day, and another image replaces the host in the same way here",
    "a release that changes the schema does so as the app's user, and a rollback with its restore point brings code and schema back":
      "workflows does the same on the same target, by tags; that what is restored is the app's is a test beside it",
    "a host that DigitalOcean has lost comes anew by the command of the documents: its address, every order, and the releases and restore points of before":
      "another image makes a new host by the same resources, and backup loses a host and has its releases back from the repository",
    "a replacement that nothing of the description asks for is no different: its snapshot comes before the address moves, and the one before goes then":
      "another image replaces the host in the same way; the order of the snapshots is a test of the mocks",
    "another moment after that one: refused while the copy is protected, then the site moves on, and the copy goes":
      "the first moment moves the site in the same way, and that the engine keeps what is protected is a test beside it",
  },
  mysql: {
    "a repository in S3: backup, check and restore": "aws backs up to S3 and restores from there",
    "a release that changes the schema takes a restore point, and a rollback with it brings database and code back":
      "the same code with PostgreSQL is a test of backup; dump, restore and undo with MariaDB are tests beside it",
  },
  new: {
    "a Wagtail site: its welcome page, its static files, its administration behind a login":
      "a smaller Django site goes the same way from folder to page, and on; what is read from such a project is pure",
    "TiTiler, a FastAPI application: its pages and what it says of its health":
      "the Django site goes the same way from folder to page; what is read from a FastAPI project is pure, and bitcoin runs one on " +
      "machines",
  },
  power: {
    "a power cut at any point of a restore does as well where media have no disk of their own":
      "media with a disk of their own are the harder case, beside it",
  },
  release: {
    "ten releases and rollbacks in a row under 200 requests a second fail no request": "four by day, under half as many",
  },
  site: {
    "the data move to a machine with the PostgreSQL of the Debian before, and back with what was written since; visitors get the maintenance page meanwhile":
      "versions moves the same between both servers, as hostctl does; its own tests fail it and kill it at every step, mocks hold " +
      "what each run asks for, and a deployment that is put back is a row of faults",
    "that held its ports itself hands them to systemd, in one moment":
      "happens once, to a host of an earlier version; hostctl's own tests hold it",
    "takes them back where the apply fails after that moment, and not a moment before":
      "happens once, to a host of an earlier version; hostctl's own tests hold it",
  },
  workflows: {
    "a push passes the checks: all of them": "types, style and levels are suites of the same run",
    "a push passes the checks: one file of them": "what the workflow adds to them is its own steps, which do not change",
    "GitLab's jobs that change a stack run, too: deploy, drill and rollback":
      "GitHub's run the same verbs on the same stack, GitLab's review and drift run by day, and the verbs of both are compared",
  },
} as const satisfies Readonly<Record<string, Readonly<Record<string, string>>>>;

/** Suites that only `npm run faults` runs, with what tells the same by day. */
export const nightSuites = {
  cloudsim: "digitalocean stands on all of the simulated cloud's parts, its replacements behind a gate and its refusals among them",
  "cloudsim-aws": "aws stands on all of the simulated cloud's parts, its replacements behind a gate among them",
  "aws-restore":
    "what a restore moves, what `down` leaves and what AWS refuses of data are tests of the mocks and of the simulated cloud " +
    "itself, and digitalocean restores and goes down on machines",
  "bitcoin-digitalocean":
    "aws runs the same application on a simulated cloud, digitalocean the same target with OC Pizza, and mocks and goldens hold " +
    "what the description makes there",
  "review-digitalocean":
    "what a change does to a host on DigitalOcean is seen by digitalocean; what a review says of it is in the goldens, and held " +
    "against local machines by review",
} as const satisfies Readonly<Record<string, string>>;

/**
 * Suites that `npm run faults` runs once more, with what they run by day, on machines of the Debian before the default, with what tells the
 * same by day.
 */
export const onDebianBefore = {
  site: "backup and runbook have machines of the Debian before, which are brought up, changed, restored and looked at in the same way",
  release: "hostctl changes slots in the same way on each; what differs of systemd and nginx are tests of the site",
  mysql: "judges asks that Debian's client of MySQL, and versions moves data from its server and restores from its backups",
} as const satisfies Readonly<Record<string, string>>;

/** The one before the default. */
export const debianBefore: DebianName = debianNames[debianNames.indexOf(defaultDebian) - 1] ?? defaultDebian;

/** What the machines of such a suite have in this run; "before" is asked for by its environment. */
export const suiteDebian = (): DebianName => (process.env.WEBSTACK_DEBIAN === "before" ? debianBefore : defaultDebian);

/** A test of {@link nightly}: there only where every row is run. */
export function testAtNight<Suite extends keyof typeof nightly>(
  _suite: Suite,
  name: keyof (typeof nightly)[Suite] & string,
  run: () => Promise<void>,
  milliseconds: number,
): void {
  if (everyRow()) test(name, run, milliseconds);
}

/** Whether this run is of the night: `npm run faults`. */
export const everyRow = (): boolean => process.env.WEBSTACK_ROWS === "all";

/** The rows of a table that this run is for. @throws Error when a chosen row is not in the table */
export function rowsOf<Row>(table: keyof typeof tables, all: readonly Row[], nameOf: (row: Row) => string): readonly Row[] {
  const chosen: readonly string[] = tables[table].rows;
  const unknown = chosen.filter((name) => !all.some((row) => nameOf(row) === name));
  if (unknown.length > 0) throw new Error(`tests/machines/rows.ts names rows that the table ${table} has not: ${unknown.join(", ")}`);
  return everyRow() ? all : all.filter((row) => chosen.includes(nameOf(row)));
}
