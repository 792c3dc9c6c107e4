import { allowingCommands } from "../infra/plan/protection";

/** What the state of a stack says of its resources, as far as `down` looks at it. */
export interface StateResource {
  readonly urn: string;
  readonly type?: string;
  readonly protect?: boolean;
  readonly retainOnDelete?: boolean;
  readonly inputs?: Readonly<Record<string, unknown>>;
  readonly outputs?: Readonly<Record<string, unknown>>;
}

/** Reads `pulumi stack export`; a stack that was never up has no resources. */
export function parseState(text: string): readonly StateResource[] {
  const { deployment } = JSON.parse(text) as { deployment?: { resources?: readonly StateResource[] } | null };
  return deployment?.resources ?? [];
}

/** Logical name of a resource. */
export const nameOf = ({ urn }: StateResource): string => urn.split("::").at(-1) ?? urn;

/**
 * Why a stack is not deleted, with the two commands that would allow it; undefined where nothing stands in the way. The engine refuses a
 * protected resource as well, but only when it comes to it, and by then others may be gone.
 */
export function refusal(stack: string, resources: readonly StateResource[]): string | undefined {
  const kept = resources.filter(({ protect }) => protect === true).map(nameOf);
  if (kept.length === 0) return undefined;
  return [
    `stack ${stack} is protected, and nothing of it was deleted: ${[...new Set(kept)].sort().join(", ")}`,
    "To allow it, and then run this once more, which makes a last backup first:",
    ...allowingCommands(stack).map((command) => `  ${command}`),
  ].join("\n");
}

/** The host that makes the stack's backups: the one that was told where they go. */
export function backupHost(resources: readonly StateResource[]): string | undefined {
  const suffix = "-backup-repository";
  return resources
    .map(nameOf)
    .find((name) => name.endsWith(suffix))
    ?.slice(0, -suffix.length);
}
