import { existsSync, readFileSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { debians } from "../../infra/config/catalog/debian";
import { record } from "./record";
import { debianBefore, suiteDebian } from "./rows";
import { type Outcome, TestStack } from "./stack";

/** Stacks that suites use in turn, each with a range of its own. */
const ranges = { shop: "10.84.14.0/24", edge: "10.84.17.0/24", vault: "10.84.29.0/24" } as const;

/** The one that has the Debian before, and whose SSH a suite judges. */
const older = "vault" satisfies keyof typeof ranges;

/** Of the repository of a shared stack's backups, which is made with it once. */
export const repositoryPassword = "one-password-for-every-suite-on-it";

export type SharedName = keyof typeof ranges;

/** What the next suite must know of a stack that stands. */
interface Note {
  readonly folder: string;
  readonly passphrase: string;
  /** The stack's file as it was made, with its secrets. */
  readonly file: string;
}

/**
 * A stack that the suites of `npm test` use one after the other. The first one brings it up. Every later one finds it up and gets it clean:
 * program, applications and description are as they were at first, and `up` and `hostctl verify` say that the machines are, too. Where they
 * do not, because of what a suite left behind, the stack is taken down and made anew: no suite fails by another one. A file of tests that
 * runs by itself has the stack for itself.
 */
export class SharedStack extends TestStack {
  private readonly note: Note | undefined;

  constructor(private readonly as: SharedName) {
    const note = noted(as);
    super(as, ranges[as], "Pulumi.local.yaml", {
      ...(note === undefined ? { owner: owner() } : { standing: note }),
      ...(as === older ? { rsaHostKey: true } : {}),
    });
    this.note = note;
    if (note !== undefined) this.copyProgram();
  }

  override async bringUp(changes: Readonly<Record<string, unknown>> = {}, secrets: Readonly<Record<string, string>> = {}): Promise<void> {
    if (this.note === undefined) {
      const debian = this.as === older ? debianBefore : suiteDebian();
      await this.init({ host: { image: debian }, database: { version: debians[debian].postgres } });
      this.keep();
    } else this.restore(this.note.file);
    await this.setSecrets(secrets);
    this.change(changes);
    if (this.note === undefined) await this.mustUp();
    else if (await this.cleanUp()) record({ shared: this.as });
    else {
      await this.pulumi(["destroy", "--yes", "--skip-preview"]);
      await this.mustUp();
    }
  }

  /** Leaves the stack to the next suite, or takes it down where nobody comes. */
  override async down(): Promise<Outcome> {
    return folder() === undefined ? super.down() : { code: 0, stdout: "", stderr: "" };
  }

  /** Takes it down at the end of a run. */
  end(): Promise<Outcome> {
    return super.down();
  }

  /** `up` with what this suite wants; whether it went well and the host is as declared. */
  private async cleanUp(): Promise<boolean> {
    if ((await this.up()).code !== 0) return false;
    return (await this.ssh("sudo hostctl verify")).code === 0;
  }

  private keep(): void {
    const place = placeOf(this.as);
    if (place === undefined) return;
    const note: Note = { folder: this.folder, passphrase: this.passphrase, file: this.whole() };
    writeFileSync(place, JSON.stringify(note), { mode: 0o600 });
  }
}

/** Takes down every stack that the suites of a run have left. */
export async function takeDownShared(): Promise<void> {
  for (const as of Object.keys(ranges) as SharedName[]) {
    if (noted(as) === undefined) continue;
    const { code, stdout, stderr } = await new SharedStack(as).end();
    if (code !== 0) throw new Error(`the stack ${as} could not be taken down: ${stdout}\n${stderr}`);
  }
}

/** Where the stacks of a run are noted; undefined when a file of tests runs by itself. */
const folder = (): string | undefined => process.env.WEBSTACK_TEST_STACKS;

/** The process with which the stacks go, however it ends. */
const owner = (): number => (folder() === undefined ? process.pid : Number(process.env.WEBSTACK_TEST_OWNER));

function placeOf(as: SharedName): string | undefined {
  const place = folder();
  return place === undefined ? undefined : join(place, `${as}.json`);
}

function noted(as: SharedName): Note | undefined {
  const place = placeOf(as);
  return place !== undefined && existsSync(place) ? (JSON.parse(readFileSync(place, "utf8")) as Note) : undefined;
}
