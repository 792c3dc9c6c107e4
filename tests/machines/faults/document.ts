import type { Fault, Outcome } from "./fault";

const columns = ["fault", "how", "failed requests", "longest wait", "failing for", "acknowledged orders lost", "how it was seen"] as const;

/** One row of the table, as text. */
export function cells({ name, how }: Fault, { requests, failed, longest, seconds, orders, lost, seen }: Outcome): readonly string[] {
  return [
    name,
    how,
    `${failed} of ${requests}`,
    `${(longest / 1000).toFixed(1)} s`,
    seconds === 0 ? "-" : `${seconds.toFixed(1)} s`,
    `${lost} of ${orders}`,
    seen,
  ];
}

/** docs/faults.md. */
export function document(rows: readonly (readonly string[])[], date: string, box: string): string {
  const line = (words: readonly string[]) => `| ${words.join(" | ")} |`;
  return `# What goes wrong, and what it costs

Made by \`npm run faults\` on ${date}, on a box with ${box}. The same rows are [tests/machines/faults.test.ts](../tests/machines/faults.test.ts).

OC Pizza with TLS, PostgreSQL and backups on three machines of one box. Sixty visitors a second ask for a page of the database, each at
their own time whether or not earlier ones were answered, with 5 s of patience; four orders a second are placed, and every order that was
acknowledged is looked for in the database afterwards. A failed request is one without a 200. Times are those of a shared box.

${line(columns)}
${line(columns.map(() => "---"))}
${rows.map(line).join("\n")}

A machine is killed by ending all its processes at once. What its kernel had not yet written to the disk is not lost by that, as it would be
by a real power cut. That is shown apart, by [tests/machines/power.test.ts](../tests/machines/power.test.ts): the disk (ext4) under a release
and under a change of files is copied as it is at every line of hostctl's log and at every file that gets its name, and hostctl is started from each
copy: it is whole, the old state or the new one is there with all its published files, and from every tenth copy the next deployment needs nobody's hand. The same is done under a
restore, its undo, a restore that fails and a backup, with media on a disk of their own, whose copy is another one, and without: database and media are both
those that served or both those of the backup, and the last backup that the host knows of is in the repository; and under a rollback with its restore point, which leaves
the old release on its schema or the new one on its own. hostctl stands still while the disk is copied. systemctl,
nginx, pip, PostgreSQL and restic are played there; the last two are on machines whose power stays.
`;
}
