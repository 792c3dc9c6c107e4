import type { Problem } from "../../infra/config/problems";
import { targetDefaults } from "../../infra/config/targets";
import { defaultImageNotice, runningDebian } from "../defaultImage";
import type { HostChange } from "./hosts";
import type { Step } from "./graph";
import { databaseMove } from "./databaseMove";
import { interruptionOf } from "./interrupts";
import { isKnownType } from "./resourceRoles";
import type { DeclaredState } from "./declaredState";

/** From harmless to harmful; a review is as bad as its worst consequence. */
export const levels = ["nothing", "no downtime", "restart", "replaces a host", "not known", "downtime", "data at risk", "refused"] as const;
export type Level = (typeof levels)[number];

export interface Consequence {
  readonly level: Level;
  /** A sentence without its full stop. */
  readonly says: string;
}

export interface Verdict {
  readonly level: Level;
  /** In words, such as "restart of web, rolled: no request fails". */
  readonly headline: string;
  /** The worst first. */
  readonly consequences: readonly Consequence[];
}

const faulty = "the description has problems, so nothing would be changed";

/** What was found between two states. */
export interface Compared {
  /** null where resources could not be compared. */
  readonly steps: readonly Step[] | null;
  readonly hosts: readonly HostChange[];
  readonly problems: readonly Problem[];
}

/** What the change does to the people who use the site, and to their data. */
export function judge(before: DeclaredState, after: DeclaredState, { steps: compared, hosts, problems }: Compared): Verdict {
  const steps = compared ?? [];
  const move = databaseMove(before, after, steps);
  const consequences = [
    ...(compared === null && problems.length === 0
      ? [{ level: "not known" as const, says: "what becomes of the resources: they could not be compared" }]
      : []),
    ...problems.slice(0, 1).map((): Consequence => ({ level: "refused", says: faulty })),
    ...betweenTargets(before, after),
    ...move.consequences,
    ...steps.filter((step) => !move.explains(step)).flatMap((step) => ofStep(step, steps)),
    ...names(before, after),
    ...ofDefaultImage(before, after),
    // On another target there is nothing that could restart.
    ...(isOnAnotherTarget(before, after) ? [] : hosts)
      .filter(({ host }) => !steps.some(({ name, does }) => name === host && does !== "update"))
      .flatMap(ofHost),
  ];
  const sorted = [...consequences].sort((a, b) => levels.indexOf(b.level) - levels.indexOf(a.level));
  const level = sorted[0]?.level ?? (steps.length === 0 ? "nothing" : "no downtime");
  return { level, headline: headline(level, sorted, hosts), consequences: sorted };
}

/** What is deployed has no description; a host of it that stays is one of the same target. */
const isOnAnotherTarget = ({ spec: old }: DeclaredState, { spec: now }: DeclaredState): boolean =>
  old !== null && now !== null && old.target !== now.target;

/** A stack that moves to another target leaves everything behind, whether or not we can say what it becomes there. */
function betweenTargets(before: DeclaredState, after: DeclaredState): readonly Consequence[] {
  const [old, now] = [before.spec, after.spec];
  if (old === null || now === null || !isOnAnotherTarget(before, after)) return [];
  const data =
    old.database.kind !== "managed"
      ? []
      : [
          {
            level: "data at risk" as const,
            says:
              `the database stays on ${old.target} and is deleted with it: its data does not follow to ${now.target}; back it up, ` +
              "bring a second stack up there, restore, switch the name, then take this one down",
          },
        ];
  return [
    ...data,
    { level: "downtime", says: `everything on ${old.target} is deleted and made anew on ${now.target}, at another address` },
  ];
}

/** A name is more than a file: people come by it. */
function names({ plan: old }: DeclaredState, { plan: now }: DeclaredState): readonly Consequence[] {
  if (old === null || now === null) return [];
  const [was, is] = [old.spec.site.domain, now.spec.site.domain];
  const lost = [was, ...old.spec.site.aliases].filter((name) => name !== "" && !now.site.names.includes(name));
  return [
    ...lost.map((name): Consequence => ({
      level: "downtime",
      says: `who comes by the name ${name} is turned away; keep it in site.aliases`,
    })),
    ...(is === "" || is === was
      ? []
      : [
          {
            level: "no downtime" as const,
            says:
              `the site is ${is}: its DNS must lead here ` +
              `first${now.spec.site.tls === "letsencrypt" ? ", or no certificate is granted" : ""}`,
          },
        ]),
  ];
}

/** A default that is another by now replaces what nobody has touched, so it is told beside the replacement. */
function ofDefaultImage(before: DeclaredState, after: DeclaredState): readonly Consequence[] {
  const { spec, namesImage } = after;
  if (spec === null || namesImage || isOnAnotherTarget(before, after)) return [];
  const says = defaultImageNotice(spec.target, runningDebian(Object.values(before.manifests)));
  return says === null ? [] : [{ level: targetDefaults[spec.target].public ? "replaces a host" : "downtime", says }];
}

function ofStep(step: Step, all: readonly Step[]): readonly Consequence[] {
  const { does, role, name, type, changes, because, deletesFirst, isProtected } = step;
  const why = because.length === 0 ? "" : ` (${because.join("; ")})`;
  const guard = isProtected ? "; it is protected, and the engine refuses" : "";
  if (does === "replace" || does === "delete") {
    const verb = does === "replace" ? "is replaced by an empty one" : "is deleted";
    switch (role) {
      case "database":
        return [
          {
            level: "data at risk",
            says: `${called("database", name)} ${verb}${why}${guard}; back it up, make the new one beside it, and restore there`,
          },
        ];
      case "backups":
        return [{ level: "data at risk", says: `${name}, which keeps backups, ${verb}${why}${guard}; copy them first` }];
      case "host":
        return [hostReplaced(step, all, why)];
      case "pointer":
        return does === "delete" ? [{ level: "downtime", says: `${name} is deleted: the site loses its address` }] : [];
      case "address":
        return [
          {
            level: "downtime",
            says: `the site's address ${does === "replace" ? "becomes another" : "is given up"}${why}${guard}: its DNS must follow`,
          },
        ];
      case "network":
        return [
          {
            level: "downtime",
            says: `${called("network", name)} ${does === "replace" ? "is replaced" : "is deleted"}${why}, and every machine in it with it`,
          },
        ];
      case "firewall":
        return deletesFirst || does === "delete"
          ? [{ level: "downtime", says: `the firewall ${name} is gone until its successor is there` }]
          : [];
      case "delivery":
      case "other":
        return isKnownType(type) ? [] : [{ level: "downtime", says: `${name} goes away, and what a ${type} takes with it is not known` }];
    }
  }
  if (does === "create") return [];
  const broken = changes.flatMap((change) => interruptionOf(type, change) ?? []);
  if (broken.length > 0) return broken.map(({ level, says }) => ({ level, says: `${name}: ${says}` }));
  return role === "delivery"
    ? []
    : [{ level: "no downtime", says: `${name} changes in place: ${changes.map(({ input }) => input).join(", ")}` }];
}

const called = (kind: string, name: string): string => (name === kind ? `the ${kind}` : `the ${kind} ${name}`);

/** Not among the resources: what it is taken of, only the engine can tell. */
const keepsSnapshot = (type: string): boolean => type === "digitalocean:index/droplet:Droplet";

/** Behind the gate: the new host is made first, and the address is moved to it once it serves. */
function hostReplaced({ name, type, does, deletesFirst }: Step, all: readonly Step[], why: string): Consequence {
  if (does === "delete") return { level: "downtime", says: `the host ${name} is deleted` };
  if (deletesFirst)
    return {
      level: "downtime",
      says: `the host ${name} is replaced${why}: here the old one goes first, so the site is away until the new one serves`,
    };
  const pointed = all.some(({ role, does: verb }) => role === "pointer" && (verb === "replace" || verb === "update"));
  return pointed
    ? {
        level: "replaces a host",
        says:
          `replaces ${name} behind the gate${why}: ${keepsSnapshot(type) ? "a snapshot of the old host is taken, " : ""}the new host ` +
          "gets the address once it serves, then the old one is deleted; no downtime",
      }
    : { level: "downtime", says: `the host ${name} is replaced${why}, and no address that would follow to the new one is declared` };
}

function ofHost(change: HostChange): readonly Consequence[] {
  const { host, rolls, restarts, restartUnits, reloadUnits, newUnits, goneUnits, newServices, goneServices, packages } = change;
  const list = (names: readonly string[]) => names.join(", ");
  const said = (level: Level, names: readonly string[], says: (names: string) => string): readonly Consequence[] =>
    names.length === 0 ? [] : [{ level, says: `${host}: ${says(list(names))}` }];
  const nginx: readonly string[] = restartUnits.filter((unit) => unit === "nginx.service");
  // A site always has port 80, so one whose socket is new was nginx's own.
  const ports = nginx.length === 0 ? [] : newUnits.filter((unit) => unit === "nginx@80.socket");
  const database = restartUnits.filter((unit) => unit.startsWith("postgresql") || unit.startsWith("mariadb"));
  return [
    ...said("downtime", ports, () => "nginx hands its ports to systemd, so connections of that moment are refused"),
    ...said("downtime", database, (units) => `${units} restarts, and requests that need the database fail for those seconds`),
    ...said("downtime", goneServices, (names) => `${names} is taken away`),
    ...rolls.map(({ service, why }): Consequence => ({
      level: "restart",
      says: `${host}: restart of ${service}, rolled: its idle slot starts, proves its health and takes over; no request fails (${why})`,
    })),
    ...restarts.map(({ service, why }): Consequence => ({
      level: "restart",
      says: `${host}: restart of ${service}, which has no second slot (${why})`,
    })),
    ...said(
      "no downtime",
      restartUnits.filter((unit) => !nginx.includes(unit) && !database.includes(unit)),
      (units) => `${units} restarts, which no request notices`,
    ),
    ...said("no downtime", nginx, () => "nginx starts anew: connections wait meanwhile, and its old workers finish what they have"),
    ...said("no downtime", reloadUnits, (units) => `${units} reloads without losing a connection`),
    ...said("no downtime", newUnits, (units) => `${units} begins`),
    ...said("no downtime", goneUnits, (units) => `${units} ends`),
    ...said("no downtime", newServices, (names) => `${names} starts for the first time`),
    ...said("no downtime", packages, (names) => `installs ${names}`),
  ];
}

function headline(level: Level, consequences: readonly Consequence[], hosts: readonly HostChange[]): string {
  switch (level) {
    case "nothing":
      return "nothing changes";
    case "no downtime":
      return "no downtime";
    case "restart": {
      const rolled = [...new Set(hosts.flatMap(({ rolls }) => rolls.map(({ service }) => service)))];
      const stopped = [
        ...new Set(
          hosts.flatMap(({ restarts, restartUnits }) => [
            ...restarts.map(({ service }) => service),
            ...restartUnits.filter((unit) => !unit.startsWith("webstack-")),
          ]),
        ),
      ];
      const parts = [
        ...(rolled.length === 0 ? [] : [`restart of ${rolled.join(", ")}, rolled: no request fails`]),
        ...(stopped.length === 0 ? [] : [`restart of ${stopped.join(", ")}`]),
      ];
      return parts.join("; ");
    }
    case "replaces a host":
      return "replaces a host behind the gate: no downtime";
    case "not known":
      return "not known";
    case "downtime":
      return "downtime";
    case "data at risk":
      return "data at risk: refuses";
    case "refused": {
      const why = consequences.some(({ says }) => says === faulty) ? "problems" : "the target does not do it";
      return `refused: ${why}${consequences.some((one) => one.level === "data at risk") ? ", and data at risk" : ""}`;
    }
  }
}
