import { debianNames, debianTitle, defaultDebian, type DebianName, versionId } from "../infra/config/catalog/debian";
import { targetDefaults } from "../infra/config/targets";
import type { TargetName } from "../infra/config/spec";
import type { Manifest } from "../infra/host/manifest";

/** The first release that this project ran on: bundles made when there was no other do not name it. */
const first: DebianName = "debian-12";

/** What the hosts of a stack that was brought up run, by what was delivered to them; null where none serves the app. */
export function runningDebian(manifests: readonly Manifest[]): DebianName | null {
  const web = manifests.find(({ release }) => release !== null) as Partial<Manifest> | undefined;
  if (web === undefined) return null;
  return web.debian === undefined ? first : (debianNames.find((name) => versionId(name) === web.debian) ?? null);
}

/** Whether the values of a stack's file say which image its hosts have. */
export function namesImage(raw: Readonly<Record<string, unknown>>): boolean {
  const { host } = raw as { host?: { image?: unknown } | null };
  return (host?.image ?? null) !== null;
}

/**
 * What becomes of hosts with `running`, where the stack's file leaves their image to the default: what is replaced, for how long, and the
 * line that keeps them. null where nothing is.
 */
export function defaultImageNotice(target: TargetName, running: DebianName | null): string | null {
  if (running === null || running === defaultDebian) return null;
  const course = targetDefaults[target].public
    ? "the new one gets the site's address once it serves, some minutes later, and the old one serves until then"
    : "the old one goes first, and the site is away until the new one serves, about half a minute";
  return (
    `host.image is not named, and its default is ${defaultDebian}: the host, which runs ${debianTitle(running)}, is replaced; ` +
    `${course}. To keep it, write image: ${running} below webstack:host`
  );
}
