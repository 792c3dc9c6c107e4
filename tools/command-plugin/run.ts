/** One run of a command, here or on a host: what goes in and what comes out. */

export interface Run {
  readonly command: string;
  /** Printed instead of the command when that holds a secret. */
  readonly shown: string;
  readonly stdin: string | undefined;
  /** Variables the user gave. */
  readonly environment: Readonly<Record<string, string>>;
  /** Output of the run before, as PULUMI_COMMAND_STDOUT and PULUMI_COMMAND_STDERR. */
  readonly previous: Readonly<Record<string, string>>;
  /** Receives each whole line of output. */
  readonly log: (stream: "stdout" | "stderr", line: string) => void;
}

/** Both without their last line end. */
export interface Ran {
  readonly stdout: string;
  readonly stderr: string;
}

/** Collects the output of one run, and hands its lines to the log as they come. */
export class Output {
  private readonly chunks: { readonly stream: "stdout" | "stderr"; readonly bytes: Buffer }[] = [];
  private readonly unfinished = { stdout: "", stderr: "" };

  constructor(private readonly log: Run["log"]) {}

  add(stream: "stdout" | "stderr", bytes: Buffer): void {
    this.chunks.push({ stream, bytes });
    const lines = (this.unfinished[stream] + bytes.toString("utf8")).split("\n");
    this.unfinished[stream] = lines.pop() ?? "";
    for (const line of lines) this.log(stream, line);
  }

  /** Logs what had no line end. */
  finish(): void {
    for (const stream of ["stdout", "stderr"] as const) {
      if (this.unfinished[stream] !== "") this.log(stream, this.unfinished[stream]);
    }
  }

  result(): Ran {
    return { stdout: this.text("stdout").replace(/\n$/, ""), stderr: this.text("stderr").replace(/\n$/, "") };
  }

  /** Both streams as they came, for the message of a failure. */
  both(): string {
    return Buffer.concat(this.chunks.map(({ bytes }) => bytes)).toString("utf8");
  }

  private text(stream: "stdout" | "stderr"): string {
    return Buffer.concat(this.chunks.filter((chunk) => chunk.stream === stream).map(({ bytes }) => bytes)).toString("utf8");
  }
}
