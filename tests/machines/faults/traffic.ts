import { type ChildProcess, spawn } from "node:child_process";
import { closeSync, mkdtempSync, openSync, readSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { setTimeout as sleep } from "node:timers/promises";
import { findK6 } from "../../../tools/k6";
import { record } from "../record";
import { everyRow } from "../rows";

/** One request of a visitor. */
export interface Sample {
  /** When it was sent, in milliseconds since 1970. */
  readonly sent: number;
  /** How long it took, the connection included, in milliseconds. */
  readonly took: number;
  /** Its status; 0 when there was no answer while it waited. */
  readonly status: number;
  /** What it came by: a connection of its own, one of an earlier request, or none where no connection could be opened. */
  readonly connection: "new" | "kept" | "none";
  /** k6's code of why there was no answer, 0 where there was one: https://grafana.com/docs/k6/latest/javascript-api/error-codes/ */
  readonly error: number;
}

/**
 * How many visitors come in a second, and after how many seconds one gives up: those of the words around the table, and by day, beside
 * another suite, half as many with twice the patience. They cost half as much of the processor, and a busy box only answers them later.
 */
export const [VISITORS, PATIENCE] = everyRow() ? [60, 5] : [30, 10];

/** Visitors who come at a constant rate, whatever the site does, for an hour at most. */
export class Traffic {
  private readonly folder = mkdtempSync(join(tmpdir(), "traffic-"));
  private readonly file = join(this.folder, "samples.csv");
  private readonly k6: ChildProcess;
  private readonly samples: Sample[] = [];
  private readonly began = Date.now();
  private offset = 0;
  private rest = "";

  /**
   * @param address where the URL's name leads to
   * @param patience seconds after which a visitor gives up
   */
  constructor(
    url: string,
    readonly rate: number,
    address: string,
    private readonly patience = PATIENCE,
  ) {
    const words = [
      "run",
      "--quiet",
      "--no-usage-report",
      "--summary-mode=disabled",
      "--out",
      `csv=${this.file}`,
      join(__dirname, "traffic.k6.js"),
    ];
    const environment = { URL: url, RATE: String(rate), ADDRESS: address, PATIENCE: String(patience), K6_CSV_TIME_FORMAT: "unix_milli" };
    // The kernel ends it when this process ends without doing so.
    this.k6 = spawn("setpriv", ["--pdeathsig", "KILL", findK6(), ...words], { env: { ...process.env, ...environment }, stdio: "ignore" });
  }

  /** Requests sent from one moment to another; waits until those that were sent by then have ended. */
  async between(from: number, until: number): Promise<readonly Sample[]> {
    const expected = ((until - from) / 1000) * this.rate * 0.98 - this.rate / 2;
    for (let left = 10 * (this.patience + 2); ; left -= 1) {
      await sleep(100);
      this.read();
      const found = this.samples.filter(({ sent }) => sent >= from && sent <= until);
      // k6 writes once a second.
      const written = (this.samples.at(-1)?.sent ?? 0) > until;
      if ((written && found.length >= expected) || left === 0) return found;
    }
  }

  /** Resolves when visitors are being answered. */
  async running(): Promise<void> {
    for (let left = 200; this.samples.length < this.rate; left -= 1) {
      if (left === 0 || this.k6.exitCode !== null) throw new Error("k6 does not run");
      await sleep(100);
      this.read();
    }
  }

  stop(): void {
    record({ load: (Date.now() - this.began) / 1000 });
    this.k6.kill("SIGKILL");
    rmSync(this.folder, { recursive: true, force: true });
  }

  private read(): void {
    const text = this.rest + this.unread();
    const lines = text.split("\n");
    this.rest = lines.pop() ?? "";
    for (const line of lines) {
      const found = /^visit,(\d+),([\d.]+),/.exec(line);
      const [answer, connection, error] = [/\banswer=(\d+)/, /\bconnection=(\w+)/, /\berror=(\d+)/].map((tag) => tag.exec(line)?.[1]);
      if (found === null) continue;
      const took = Number(found[2]);
      this.samples.push({
        sent: Number(found[1]) - took,
        took,
        status: Number(answer),
        connection: connection as Sample["connection"],
        error: Number(error),
      });
    }
  }

  private unread(): string {
    const chunk = Buffer.alloc(1 << 22);
    try {
      const handle = openSync(this.file, "r");
      const count = readSync(handle, chunk, 0, chunk.length, this.offset);
      closeSync(handle);
      this.offset += count;
      return chunk.toString("utf8", 0, count);
    } catch (error) {
      if ((error as NodeJS.ErrnoException).code === "ENOENT") return "";
      throw error;
    }
  }
}

/** "180 x 200, 3 x 502" */
export function statuses(samples: readonly Sample[]): string {
  const counts = new Map<number, number>();
  for (const { status } of samples) counts.set(status, (counts.get(status) ?? 0) + 1);
  return [...counts].map(([status, count]) => `${count} x ${status}`).join(", ");
}
