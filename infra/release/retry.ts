/** Pauses between tries: 0.1 s, then half as long again each time, up to 3 s. */
const [firstPause, longestPause] = [100, 3000];

/**
 * Tries until it succeeds or `seconds` are over; not again after an error that is final.
 * @throws the last try's error, after the time that was given
 */
export async function retry<T>(seconds: number, attempt: () => Promise<T>, isFinal: (error: unknown) => boolean = () => false): Promise<T> {
  const end = Date.now() + seconds * 1000;
  for (let pause = firstPause; ; pause = Math.min(pause * 1.5, longestPause)) {
    try {
      return await attempt();
    } catch (error) {
      if (isFinal(error) || Date.now() + pause > end) throw error;
      await new Promise((resolve) => setTimeout(resolve, pause));
    }
  }
}

/** Ends a program with one line for people instead of a call stack. */
export function failing(error: unknown): void {
  process.stderr.write(`${error instanceof Error ? error.message : String(error)}\n`);
  process.exitCode = 1;
}
