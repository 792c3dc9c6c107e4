import { findProgram } from "./folders";
import { capture, Failed } from "./process";
import { SetUpError } from "./step";

/** From 1.21 on, `go` fetches the toolchain that a go.mod asks for by itself. https://go.dev/doc/toolchain */
const oldest = 21;

export interface GoBuild {
  /** Holds the go.mod and go.sum that pin the program's modules. */
  readonly folder: string;
  /** Import path of the program. */
  readonly package: string;
  /** File to write. */
  readonly output: string;
  /** String variables to set, by their import path. */
  readonly variables?: Readonly<Record<string, string>>;
}

/** Builds a program from its Go modules. Error: Go is missing or too old, with how to mend it. */
export async function goBuild(build: GoBuild): Promise<void> {
  await requireGo();
  const variables = Object.entries(build.variables ?? {}).map(([name, value]) => `-X ${name}=${value}`);
  const flags = ["-s", "-w", ...variables].join(" ");
  await capture("go", ["build", "-mod=readonly", "-trimpath", "-buildvcs=false", "-ldflags", flags, "-o", build.output, build.package], {
    cwd: build.folder,
    env: { GOTOOLCHAIN: process.env["GOTOOLCHAIN"] ?? "auto", CGO_ENABLED: "0" },
  });
}

async function requireGo(): Promise<void> {
  const hint = "install Go 1.21 or newer from https://go.dev/dl and put it on PATH";
  if (!findProgram("go")) throw new SetUpError(`Go is missing; ${hint}`);
  const version = await capture("go", ["version"]).catch((error: unknown) => (error instanceof Failed ? error.message : String(error)));
  const minor = Number(/go1\.(\d+)/.exec(version)?.[1] ?? 0);
  if (minor < oldest) throw new SetUpError(`Go is too old: ${version}; ${hint}`);
}
