/** Of a table of tests, what `npm test` runs of it. */
interface Chosen {
  /** Names of the rows; every other row is left to `npm run faults`. */
  readonly rows: readonly string[];
  /** Why these tell what all of them tell. */
  readonly why: string;
}

/**
 * Tables of which `npm test` runs only the rows that differ in kind, by the name of their suite. `npm run faults` runs every row of them, each night in CI.
 * A table that is not here is run whole.
 */
export const tables = {
  faults: {
    rows: [
      ...["worker killed", "gunicorn killed", "nginx killed", "all of nginx killed", "nginx hung", "machine killed", "out of memory", "disk full"],
      ...["database stopped and back", "database away for 20 s", "database gone during migrate", "bad migration", "bad static step", "release during requests of 36 s"],
      ...["expired certificate", "ACME server down", "backup target down", "clock jump"],
      ...["hostctl killed at STEPS", "hostctl killed at UNITS", "power cut at SWITCH", "power cut at DRAIN"],
    ],
    why:
      "Each row but those that interrupt a release differs from all others. A release is interrupted in nine steps, of which those before the switch put the old release back and those after it keep " +
      "the new one: one of each kind, by a kill and by a power cut. hostctl's own tests kill it at every point, and a database that is away for 120 s meets the same time-outs as after 20 s, " +
      "as requests of 120 s meet none that those of 36 s do not: nginx used to end them after 30 s.",
  },
  review: {
    rows: ["nothing", "worker count", "nginx option", "host size", "firewall opening"],
    why: "Each verdict once, and each part that is touched: a slot, nginx, a machine, the box's firewall. A domain and a secret restart a slot as workers do, a job is a file as an option is.",
  },
  "review-digitalocean": {
    rows: ["another image", "another size of the host", "another size of the database", "another network that may log in", "another target"],
    why: "A host that is replaced, one that is resized, a database that is resized, what changes in place, and what the engine refuses. Another domain changes files as on local machines; another region and engine are refused as another target is.",
  },
  backup: {
    rows: ["one flipped byte", "a host that is lost while it prunes"],
    why: "Both kinds of damage are refused by the same check before the database is touched; with a pack that has lost its end, restic asks again for a minute before it says so. " +
      "hostctl's own tests hold what it does of locks, clocks and lost hosts; with a real restic, whose every call costs a second of the processor, the lock that a killed prune leaves tells most.",
  },
  workflows: {
    rows: ["one file of them"],
    why: "Types, style and levels are suites of the same run; what the workflow adds is its own steps.",
  },
} as const satisfies Readonly<Record<string, Chosen>>;

/** The rows of a table that this run is for. @throws Error when a chosen row is not in the table */
export function rowsOf<Row>(table: keyof typeof tables, all: readonly Row[], nameOf: (row: Row) => string): readonly Row[] {
  const chosen: readonly string[] = tables[table].rows;
  const unknown = chosen.filter((name) => !all.some((row) => nameOf(row) === name));
  if (unknown.length > 0) throw new Error(`tests/machines/rows.ts names rows that the table ${table} has not: ${unknown.join(", ")}`);
  return process.env.WEBSTACK_ROWS === "all" ? all : all.filter((row) => chosen.includes(nameOf(row)));
}
