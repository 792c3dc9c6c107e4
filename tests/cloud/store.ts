import { appendFileSync, existsSync, mkdirSync, readdirSync, readFileSync, renameSync, rmSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import type { Services } from "./services";

export type Plain = Readonly<Record<string, unknown>>;

/** A resource as the cloud itself knows it, secrets laid open. */
export interface Stored {
  readonly id: string;
  readonly type: string;
  readonly inputs: Plain;
  readonly outputs: Plain;
}

/** What happened to a resource, in the order of the journal's lines. */
export interface Entry {
  readonly op: "replace" | "create" | "update" | "delete";
  readonly type: string;
  /** Name in the program. */
  readonly name: string;
  readonly id: string;
  /** Inputs that make a replacement necessary; for "replace", which a preview writes, too. */
  readonly keys?: readonly string[];
  readonly error?: string;
  readonly time: string;
}

/** Asked for by a test; it befalls the next resource that fits, once. */
export interface Fault {
  readonly op: "create" | "update" | "delete" | "invoke";
  /** Of the resource, or the function. */
  readonly type: string;
  /** The operation fails so. */
  readonly error?: string;
  /** The machine comes up, but these TCP ports refuse everybody outside it. */
  readonly closedPorts?: readonly number[];
  /** The Droplet that answers at the public address of the one that is made. */
  readonly answeredBy?: string;
}

/** A message that a topic of AWS brought to its receivers. */
export interface Told {
  readonly subject: string;
  readonly text: string;
  readonly to: readonly string[];
}

/** What a simulated cloud is told by its test. */
export interface Account {
  /** Names the machines, bridges and tables of this box: a DNS label. */
  readonly name: string;
  /** IPv4 range that public addresses come from. */
  readonly publicRange: string;
  /** Only where the machines themselves ask the cloud. */
  readonly services?: Services;
}

/** The cloud's own memory: a folder with account.json, faults.json, journal.jsonl, told.jsonl and objects/. */
export class Store {
  constructor(readonly folder: string) {
    mkdirSync(this.objectsFolder, { recursive: true, mode: 0o700 });
  }

  static make(folder: string, account: Account): Store {
    const store = new Store(folder);
    store.setAccount(account);
    return store;
  }

  private get objectsFolder(): string {
    return join(this.folder, "objects");
  }

  account(): Account {
    return JSON.parse(readFileSync(join(this.folder, "account.json"), "utf8")) as Account;
  }

  setAccount(account: Account): void {
    writeFileSync(join(this.folder, "account.json"), JSON.stringify(account), { mode: 0o600 });
  }

  put(stored: Stored): void {
    // In one step: the test reads while the plugin writes.
    const unfinished = join(this.folder, `object.${process.pid}`);
    writeFileSync(unfinished, JSON.stringify(stored, null, 1), { mode: 0o600 });
    renameSync(unfinished, this.fileOf(stored.type, stored.id));
  }

  get(type: string, id: string): Stored | undefined {
    return read(this.fileOf(type, id));
  }

  /** @throws when the cloud has no such resource. */
  must(type: string, id: string): Stored {
    const stored = this.get(type, id);
    if (stored === undefined) throw new Error(`404: there is no ${type} ${id}`);
    return stored;
  }

  remove(type: string, id: string): void {
    rmSync(this.fileOf(type, id), { force: true });
  }

  /** Every resource, or every one of a type. */
  all(type?: string): Stored[] {
    const stored = readdirSync(this.objectsFolder).flatMap((name) => read(join(this.objectsFolder, name)) ?? []);
    return type === undefined ? stored : stored.filter((one) => one.type === type);
  }

  private fileOf(type: string, id: string): string {
    return join(this.objectsFolder, `${encodeURIComponent(`${type} ${id}`)}.json`);
  }

  write(entry: Omit<Entry, "time">): void {
    appendFileSync(join(this.folder, "journal.jsonl"), `${JSON.stringify({ ...entry, time: new Date().toISOString() })}\n`);
  }

  journal(): Entry[] {
    return lines(join(this.folder, "journal.jsonl")).map((line) => JSON.parse(line) as Entry);
  }

  tell(told: Told): void {
    appendFileSync(join(this.folder, "told.jsonl"), `${JSON.stringify(told)}\n`);
  }

  told(): Told[] {
    return lines(join(this.folder, "told.jsonl")).map((line) => JSON.parse(line) as Told);
  }

  ask(fault: Fault): void {
    this.setFaults([...this.faults(), fault]);
  }

  /** The fault that was asked for this operation, which is then forgotten. */
  faultFor(op: Fault["op"], type: string): Fault | undefined {
    const faults = this.faults();
    const index = faults.findIndex((fault) => fault.op === op && fault.type === type);
    if (index >= 0) this.setFaults(faults.filter((_, other) => other !== index));
    return faults[index];
  }

  private faults(): Fault[] {
    const file = join(this.folder, "faults.json");
    return existsSync(file) ? (JSON.parse(readFileSync(file, "utf8")) as Fault[]) : [];
  }

  private setFaults(faults: readonly Fault[]): void {
    writeFileSync(join(this.folder, "faults.json"), JSON.stringify(faults));
  }
}

/** undefined: there is no such file, or not any more. */
function read(file: string): Stored | undefined {
  try {
    return JSON.parse(readFileSync(file, "utf8")) as Stored;
  } catch (error) {
    if ((error as NodeJS.ErrnoException).code === "ENOENT") return undefined;
    throw error;
  }
}

function lines(file: string): string[] {
  return existsSync(file)
    ? readFileSync(file, "utf8")
        .split("\n")
        .filter((line) => line !== "")
    : [];
}
