/** One thing that must be there before a stack can be built. */
export interface Step {
  /** What is made, such as "Pulumi CLI". */
  readonly name: string;
  /** null when nothing is left to do; else why there is, such as "mmdebstrap, nftables are missing". Must be quick. */
  missing(): Promise<string | null> | string | null;
  /** Makes it. `say` tells about parts that take long. */
  make(say: (text: string) => void): Promise<void>;
}

/** A condition that only the user can mend; the message is one line with the mend in it. */
export class SetUpError extends Error {
  constructor(message: string) {
    super(message);
    this.name = "SetUpError";
  }
}

/** Makes what is missing, in order, and says what it makes and how long that took. Silent when all is there. */
export async function makeMissing(steps: readonly Step[], print: (line: string) => void): Promise<void> {
  for (const step of steps) {
    const reason = await step.missing();
    if (reason === null) continue;
    const started = Date.now();
    print(`set-up: ${step.name} (${reason})`);
    await step.make((text) => print(`set-up:   ${text}`));
    const left = await step.missing();
    if (left !== null) throw new SetUpError(`${step.name} is still not complete: ${left}`);
    print(`set-up: ${step.name} done in ${seconds(Date.now() - started)}`);
  }
}

/** `0.4 s`, `12 s`, `3 min 5 s`. */
export function seconds(milliseconds: number): string {
  const whole = Math.round(milliseconds / 1000);
  if (milliseconds < 10_000) return `${(milliseconds / 1000).toFixed(1)} s`;
  return whole < 120 ? `${whole} s` : `${Math.floor(whole / 60)} min ${whole % 60} s`;
}
