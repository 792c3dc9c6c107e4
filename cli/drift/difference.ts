/** One thing that is not as declared. */
export interface Difference {
  /** A resource of the stack, or a host. */
  readonly where: string;
  /** `create`, `update`, `replace` and `delete` are what the next `up` would do about a resource; `changed` is a host's own finding. */
  readonly kind: string;
  /** Inputs of the resource that differ, or the host's words. */
  readonly what: readonly string[];
}

interface PreviewStep {
  readonly op: string;
  readonly urn: string;
  readonly diffReasons?: readonly string[] | null;
  readonly detailedDiff?: Readonly<Record<string, unknown>> | null;
}

/** Halves of a replacement, beside the `replace` that names it. */
const halves = new Set(["create-replacement", "delete-replaced"]);

/**
 * What `pulumi preview --refresh --json` would change. Steps named `refresh` only tell that a resource was read.
 * @throws SyntaxError when the text is no JSON
 */
export function previewDifferences(text: string): readonly Difference[] {
  const { steps } = JSON.parse(text) as { readonly steps: readonly PreviewStep[] };
  return steps
    .filter(({ op }) => op !== "same" && op !== "refresh" && !halves.has(op))
    .map(({ op, urn, diffReasons, detailedDiff }) => ({
      where: urn.split("::").pop() ?? urn,
      kind: op,
      what: [...new Set([...(diffReasons ?? []), ...Object.keys(detailedDiff ?? {})])].sort(),
    }));
}

/** What `hostctl verify --json` found. */
export function hostDifferences(host: string, text: string): readonly Difference[] {
  const { differences } = JSON.parse(text) as { readonly differences: readonly string[] };
  return differences.map((what) => ({ where: host, kind: "changed", what: [what] }));
}

/**
 * For people: one line for each difference, and what to do about them. An `up` asks the hosts, and of a cloud only what it is told to:
 * without `--refresh` the engine compares the description with what it did itself. https://www.pulumi.com/docs/iac/cli/commands/pulumi_up/
 */
export function report(stack: string, differences: readonly Difference[]): string {
  if (differences.length === 0) return `${stack} is as declared.`;
  const lines = differences.map(({ where, kind, what }) => `  ${where}: ${kind}${what.length === 0 ? "" : ` ${what.join(", ")}`}`);
  return [
    `${stack} is not as declared:`,
    ...lines,
    `npm run up -- ${stack} --refresh makes it so again; npm run preview -- ${stack} --refresh shows how.`,
  ].join("\n");
}
