/**
 * Tries until it succeeds or `seconds` are over, with three seconds between tries.
 * @throws the last try's error, after the time that was given
 */
export async function patiently<T>(seconds: number, attempt: () => Promise<T>): Promise<T> {
  const end = Date.now() + seconds * 1000;
  for (;;) {
    try {
      return await attempt();
    } catch (error) {
      if (Date.now() + 3000 > end) throw error;
      await new Promise((resolve) => setTimeout(resolve, 3000));
    }
  }
}

/** Ends a program with one line for people instead of a call stack. */
export function failing(error: unknown): void {
  process.stderr.write(`${error instanceof Error ? error.message : String(error)}\n`);
  process.exitCode = 1;
}
